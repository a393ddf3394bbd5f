// O3: an alarm that its channel does not take; handlers/deliveries.cpp.
#include "config/base/text.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::tests;

namespace {

void raise(ReviewWorld& world, const std::string& name = "disk") {
    world.handle(handlers::EventKind::operator_alarm,
                 {{"text", "The disk is full."}, {"advice", "Make room."}, {"raw", ""}}, name);
}

std::ptrdiff_t heard(const ReviewWorld& world, const std::string& user) {
    const auto all = world.heard(user);
    return std::ranges::count_if(all, [](const auto& text) { return text.contains("The disk is full."); });
}

}  // namespace

TEST_CASE("O3: an alarm that its channel does not take goes to each admin, with the way to mend it") {
    for (const auto* error : {"channel_not_found", "is_archived", "not_in_channel", "restricted_action"}) {
        CAPTURE(error);
        ReviewWorld world;
        world.start();  // the admins' group is read
        raise(world);
        const auto sent = world.expect("chat.postMessage");
        world.answer(sent, {"human", error, Json::object()});
        world.run();
        for (const auto* admin : {"U0ADMIN", "U0ADMIN2", "U0ADMIN3"}) {
            CAPTURE(admin);
            CHECK(heard(world, admin) == 1);
            CHECK(world.heard(admin).back().contains("<#C0ITALARMS>"));
            CHECK(world.heard(admin).back().contains(error));
            CHECK(world.heard(admin).back().contains("Make room."));
        }
        CHECK(heard(world, "U0SEC1") == 0);
        // U8: what it said may be words of a person.
        CHECK(
            world.logged("alarm.not_delivered", "alarm:disk") ==
            Json{{"error", error},
                 {"text", "sha256:" + text::sha256_hex(Json::parse(sent.args)["text"].get<std::string>())}});
    }
}

TEST_CASE("O3: one that is delivered goes nowhere else, and an admin who has left is not written to") {
    ReviewWorld world;
    world.start();
    raise(world);
    world.run();
    CHECK(heard(world, "C0ITALARMS") == 1);
    CHECK(heard(world, "U0ADMIN") == 0);
    world.slack.people["U0ADMIN2"] = {{"deleted", true}};
    world.command("U0ADMIN2", "help");
    world.run();
    raise(world, "disk again");
    world.answer(world.expect("chat.postMessage"), {"refused", "is_archived", Json::object()});
    world.run();
    CHECK(heard(world, "U0ADMIN") == 1);
    CHECK(heard(world, "U0ADMIN2") == 0);
}

TEST_CASE("O3: where the admins cannot be written to either, it ends, and the audit has it") {
    ReviewWorld world;
    world.settings.review.admins = {"U0ADMIN"};
    raise(world);
    for (int round = 0; round < 50; ++round) {
        const auto next = world.next_due();
        if (!next) break;
        if (next->method == "chat.postMessage")
            world.answer(*next, {"human", "not_in_channel", Json::object()});
        else
            world.perform(*next);
    }
    CHECK_FALSE(world.next_due());
    CHECK(world.audited("alarm.not_delivered", "alarm:disk"));
}

TEST_CASE("O3: the admin's line is there in German") {
    ReviewWorld world;
    world.settings.review.admins = {"U0ADMIN"};
    world.slack.locales["U0ADMIN"] = "de-DE";
    world.command("U0ADMIN", "help");
    world.run();
    raise(world);
    world.answer(world.expect("chat.postMessage"), {"human", "is_archived", Json::object()});
    world.run();
    CHECK(world.heard("U0ADMIN").back().contains("wo ich nicht schreiben kann"));
}
