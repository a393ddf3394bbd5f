#include "handlers/inventory_canvas.hpp"
#include "handlers/views/inventory_canvas.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

// Slack's canvases besides the world: what stands in which, and what is refused.
struct CanvasWorld : ReviewWorld {
    std::map<std::string, std::string> canvases;  // channel -> Markdown
    std::map<std::string, SlackAnswer> refused;   // method -> what it answers
    std::vector<std::string> calls;

    SlackAnswer answered(const storage::Effect& effect) {
        const auto args = Json::parse(effect.args);
        if (const auto found = refused.find(effect.method); found != refused.end()) return found->second;
        const auto channel =
            args.value("channel_id", args.value("channel", args.value("canvas_id", "FX").substr(1)));
        if (effect.method == "conversations.canvases.create") {
            if (canvases.contains(channel))
                return {"refused", "channel_canvas_already_exists", Json::object()};
            canvases[channel] = args["document_content"]["markdown"];
            return {"ok", "", {{"canvas_id", "F" + channel}}};
        }
        if (effect.method == "conversations.info")
            return {"ok",
                    "",
                    {{"channel",
                      {{"properties", {{"canvas", {{"file_id", "F" + channel}, {"is_empty", false}}}}}}}}};
        if (!canvases.contains(channel)) return {"refused", "canvas_not_found", Json::object()};
        if (effect.method == "canvases.edit") {
            CHECK(args["changes"].size() == 1);
            canvases[channel] = args["changes"][0]["document_content"]["markdown"];
            return {};
        }
        auto sections = Json::array();
        if (canvases[channel].contains(args["criteria"]["contains_text"].get<std::string>()))
            sections.push_back({{"id", "temp:C:1"}});
        return {"ok", "", {{"sections", sections}}};
    }
    // Answers what waits for canvases, then everything else.
    void settle_all() {
        for (int round = 0; round < 20; ++round) {
            const auto all = due();
            const auto next =
                std::ranges::find(all, handlers::purposes::inventory_canvas, &storage::Effect::purpose);
            if (next == all.end()) break;
            calls.push_back(next->method);
            answer(*next, answered(*next));
        }
        run();
    }
    std::string mirror(const std::string& words, const std::string& user = "U0ADMIN") {
        const auto ack = command(user, "mirror " + words, true, "/installed-apps").ack;
        settle_all();
        return ack;
    }
    void install(const std::string& app, const std::string& name, const std::string& owner = "") {
        storage::InventoryEntry entry;
        entry.app_id = AppId(app);
        entry.team_id = TeamId("T1");
        entry.app_name = name;
        entry.owner = UserId(owner);
        entry.set_up_at = clock.now();
        db.writer().transaction([&] {
            storage::apply(db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                           clock.now());
        });
    }
    void wait(std::chrono::milliseconds time) {
        pass(time);
        settle_all();
    }
    std::size_t alarms(const std::string& words) {
        const auto all = heard("C0ITALARMS");
        return static_cast<std::size_t>(
            std::ranges::count_if(all, [&](const auto& text) { return text.contains(words); }));
    }
};

}  // namespace

TEST_CASE("M27: without a mirror nothing is sent, with one the canvas follows the inventory, debounced") {
    CanvasWorld world;
    world.install("A1", "Board", "U0OWNER");
    world.start();
    world.wait(1h);
    CHECK(world.calls.empty());
    CHECK(world.mirror("").contains("No canvas"));
    CHECK(world.mirror("C0APPS").contains("C0APPS"));
    CHECK(world.canvases["C0APPS"].starts_with("# Installed apps\nWritten by Countersign ("));
    CHECK(world.canvases["C0APPS"].contains("changes by hand are overwritten"));
    CHECK(world.canvases["C0APPS"].contains("- **Board** (A1), T1, installed, since 2026-11-"));
    CHECK(world.canvases["C0APPS"].contains("owner U0OWNER"));
    CHECK(world.calls == std::vector<std::string>{"conversations.canvases.create"});
    world.wait(30min);  // nothing has changed: nothing is sent
    CHECK(world.calls.size() == 1);
    world.install("A2", "Chart");
    world.install("A3", "Draw");
    CHECK(world.calls.size() == 1);
    world.wait(5min);
    CHECK(world.canvases["C0APPS"].contains("Chart"));
    CHECK(world.canvases["C0APPS"].contains("3 in all"));
    CHECK(std::ranges::count(world.calls, "canvases.edit") == 1);
    CHECK(world.mirror("").contains("it follows the inventory"));
    CHECK(world.audited("mirror.created", "C0APPS"));
    CHECK(world.mirror("off").contains("not written any more"));
    world.install("A4", "Edit");
    world.wait(2h);
    CHECK(std::ranges::count(world.calls, "canvases.edit") == 1);
    CHECK(world.mirror("off").contains("No canvas"));
}

TEST_CASE("M27: a plan without canvases is one notice with what to do, then quiet until it is typed again") {
    for (const auto* error : {"canvas_disabled_user_team", "team_tier_cannot_create_channel_canvases",
                              "not_supported_free_team", "missing_scope", "restricted_action"}) {
        CAPTURE(error);
        CanvasWorld world;
        world.refused["conversations.canvases.create"] = {"human", error, Json::object()};
        world.mirror("C0APPS");
        CHECK(world.alarms(error) == 1);
        CHECK(world.alarms("canvases:write") == 1);
        world.install("A1", "Board");
        for (int hour = 0; hour < 5; ++hour)
            world.wait(1h);
        CHECK(world.calls.size() == 1);
        CHECK(world.alarms(error) == 1);
        CHECK(world.mirror("").contains("not written any more"));
        world.handle(handlers::EventKind::started, Json::object(), world.next("started"));  // tried once more
        world.settle_all();
        CHECK(world.calls.size() == 2);
        world.refused.clear();
        world.mirror("C0APPS");
        CHECK(world.canvases["C0APPS"].contains("Board"));
    }
}

TEST_CASE("M27: a change by hand is flagged once and overwritten, a deleted canvas is made anew") {
    CanvasWorld world;
    world.install("A1", "Board");
    world.mirror("C0APPS");
    const auto ours = world.canvases["C0APPS"];
    world.canvases["C0APPS"] = "# My own notes";
    world.wait(61min);
    CHECK(world.canvases["C0APPS"] == ours);
    CHECK(world.alarms("by hand") == 1);
    CHECK(world.audited("mirror.changed_by_hand", "C0APPS"));
    world.wait(61min);
    CHECK(world.alarms("by hand") == 1);
    world.canvases.clear();
    world.wait(61min);
    CHECK(world.canvases["C0APPS"] == ours);
}

TEST_CASE("M27: a canvas that people have made is never overwritten, one of ours is taken up again") {
    CanvasWorld world;
    world.canvases["C0APPS"] = "# What we agreed on";
    world.mirror("C0APPS");
    CHECK(world.canvases["C0APPS"] == "# What we agreed on");
    CHECK(world.alarms("a canvas of its own") == 1);
    // Made, but the answer was lost: the next round finds it.
    CanvasWorld other;
    other.install("A1", "Board");
    other.command("U0ADMIN", "mirror C0APPS", true, "/installed-apps");
    const auto lost = other.expect("conversations.canvases.create");
    other.answered(lost);
    other.answer(lost, {"unclear", "answer_lost", Json::object()});
    other.install("A2", "Chart");
    other.wait(5min);
    CHECK(other.canvases["C0APPS"].contains("Chart"));
    CHECK(other.alarms("canvas") == 0);
    // An answer that comes again, or to a mirror that was turned off, is not heard.
    other.mirror("off");
    other.answer(lost, {"ok", "", {{"canvas_id", "F0OLD"}}}, true);
    CHECK(other.mirror("").contains("No canvas"));
}

TEST_CASE("M27: only admins say which channel, and what is no channel is said") {
    CanvasWorld world;
    world.mirror("C0APPS", "U0SEC1");
    CHECK(world.heard("U0SEC1").back().contains("only admins"));
    for (const auto* words : {"general", "#general", "D0X", "C0APPS C0OTHER", "<#>", "<#C0APPS"})
        CHECK_MESSAGE(world.mirror(words).contains("Write the id"), words);
    CHECK(world.calls.empty());
    CHECK(world.mirror("<#C0APPS|apps>").contains("C0APPS"));
    CHECK(world.mirror("here").contains("C0ANY"));
    CHECK(world.canvases.size() == 2);
}

TEST_CASE("M27: names are inert in a canvas, and 3,000 apps fit it") {
    using handlers::views::CanvasApp;
    const auto hostile = handlers::views::inventory_canvas(
        {{.name = "![](@U0ADMIN) <!channel> [x](https://evil.example) # h\n- | **b** :tada:",
          .id = "A1",
          .place = "",
          .owner = "@channel",
          .since = "",
          .uninstall_on = "2027-01-01"}},
        1);
    CHECK_FALSE(hostile.markdown.contains("![](@"));
    CHECK_FALSE(hostile.markdown.contains("<!"));
    CHECK_FALSE(hostile.markdown.contains("](https"));
    CHECK_FALSE(hostile.markdown.contains("@channel"));
    CHECK_FALSE(hostile.markdown.contains(" :tada:"));
    CHECK(std::ranges::count(hostile.markdown, '\n') == 6);
    CHECK(hostile.markdown.contains("to be uninstalled on 2027-01-01, owner"));
    const CanvasApp long_name{.name = std::string(200, 'x'),
                              .id = "A1",
                              .place = "T1",
                              .owner = "",
                              .since = "",
                              .uninstall_on = ""};
    const std::vector<CanvasApp> many(3'000, long_name);
    const auto large = handlers::views::inventory_canvas(many, many.size());
    CHECK(large.markdown.size() < 70'000);
    CHECK(large.markdown.contains("3000 in all"));
    CHECK(large.markdown.contains("more: `/installed-apps list`"));
    CHECK(handlers::views::inventory_canvas({}, 0).markdown.contains("No app is known"));
    CHECK(handlers::views::inventory_canvas({}, 0).hash != large.hash);
}
