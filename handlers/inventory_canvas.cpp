#include "handlers/inventory_canvas.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/building_rights.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/inventory_canvas.hpp"
#include "handlers/views/mirror_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;
namespace texts = views::texts;

constexpr std::string_view key = "inventory_canvas";  // of the meta row and of the timer
constexpr auto every = std::chrono::minutes(5);
// How often a canvas that needs no writing is looked at for changes by hand.
constexpr auto look_every = std::chrono::hours(1);

// What was written where; in one meta row.
struct Mirror {
    std::string channel, by;
    std::string canvas;       // its id; "" = to be made
    std::string hash;         // of what stands there; "" = to be written
    std::string trouble;      // why it has stopped; "" = it goes on
    std::int64_t step = 0;    // of the newest call; an answer to an older one is not heard
    bool waits = false;       // for that call's answer
    std::int64_t looked = 0;  // when it last stood there as written, in ms
};

std::optional<Mirror> read_mirror(const Context& context) {
    const auto row = json::parse(context.view.meta(key), nullptr, false);
    if (!row.is_object() || text_field(row, "channel").empty()) return std::nullopt;
    return Mirror{.channel = text_field(row, "channel"),
                  .by = text_field(row, "by"),
                  .canvas = text_field(row, "canvas"),
                  .hash = text_field(row, "hash"),
                  .trouble = text_field(row, "trouble"),
                  .step = number_field(row, "step"),
                  .waits = review::bool_field(row, "waits").value_or(false),
                  .looked = number_field(row, "looked")};
}

storage::Change save(const Mirror& mirror) {
    return storage::SetMeta{std::string(key), json{{"channel", mirror.channel},
                                                   {"by", mirror.by},
                                                   {"canvas", mirror.canvas},
                                                   {"hash", mirror.hash},
                                                   {"trouble", mirror.trouble},
                                                   {"step", mirror.step},
                                                   {"waits", mirror.waits},
                                                   {"looked", mirror.looked}}
                                                  .dump()};
}

storage::Change next_look(const Context& context) {
    return storage::SetTimer{{std::string(key), context.now + every, R"({"kind":"inventory_canvas"})"}};
}

std::string day_of(const std::optional<Timestamp>& at) {
    return at ? to_rfc3339(*at).substr(0, 10) : std::string();
}

views::Canvas draw(const Context& context) {
    const auto view = context.view.installed();
    const storage::InstalledView::Filter filter{
        .state = std::string(to_text(storage::InstalledState::installed)), .limit = views::most_canvas_apps};
    std::vector<views::CanvasApp> apps;
    const auto entries = view.inventory(filter);
    apps.reserve(entries.size());
    for (const auto& entry : entries) {
        const auto owner = context.view.person(entry.owner);
        apps.push_back({.name = entry.app_name,
                        .id = entry.app_id.value,
                        .place = entry.team_id.value,
                        .owner = owner && !owner->name.empty() ? owner->name : entry.owner.value,
                        .since = day_of(entry.set_up_at),
                        .uninstall_on = day_of(entry.uninstall_at)});
    }
    return views::inventory_canvas(apps, static_cast<std::size_t>(view.inventory_count(filter)));
}

// One call at a time; its number makes the key, so that none is taken for an older one.
void send(Mirror& mirror, std::string_view step, std::string_view method, const json& args, json travels,
          const Context& context, Outcome& outcome) {
    mirror.step = std::max(mirror.step + 1, to_millis(context.now));
    mirror.waits = true;
    travels["step"] = step;
    travels["number"] = mirror.step;
    storage::Effect effect;
    effect.key = fmt::format("{}:{}:{}", key, step, mirror.step);
    effect.method = method;
    effect.args = args.dump(-1, ' ', false, json::error_handler_t::replace);
    effect.purpose = purposes::inventory_canvas;
    effect.context = travels.dump();
    effect.lane = key;
    outcome.effects.push_back(std::move(effect));
}

json document(const views::Canvas& canvas) {
    return {{"type", "markdown"}, {"markdown", canvas.markdown}};
}

void create(Mirror& mirror, const Context& context, Outcome& outcome) {
    const auto canvas = draw(context);
    send(mirror, "create", "conversations.canvases.create",
         {{"channel_id", mirror.channel},
          {"title", views::canvas_title},
          {"document_content", document(canvas)}},
         {{"hash", canvas.hash}}, context, outcome);
}

void write(Mirror& mirror, const Context& context, Outcome& outcome) {
    const auto canvas = draw(context);
    send(mirror, "write", "canvases.edit",
         {{"canvas_id", mirror.canvas},
          {"changes", json::array({{{"operation", "replace"}, {"document_content", document(canvas)}}})}},
         {{"hash", canvas.hash}}, context, outcome);
}

void look_for(Mirror& mirror, std::string_view step, const std::string& canvas, std::string_view words,
              const Context& context, Outcome& outcome) {
    send(mirror, step, "canvases.sections.lookup",
         {{"canvas_id", canvas}, {"criteria", {{"contains_text", words}}}}, {{"canvas", canvas}}, context,
         outcome);
}

// Whatever is to be done now, if anything.
void go_on(Mirror& mirror, const Context& context, Outcome& outcome) {
    if (mirror.waits || !mirror.trouble.empty()) return;
    if (mirror.canvas.empty()) return create(mirror, context, outcome);
    if (mirror.hash.empty()) return write(mirror, context, outcome);
    const bool changed = draw(context).hash != mirror.hash;
    if (changed || context.now - from_millis(mirror.looked) >= look_every)
        look_for(mirror, "look", mirror.canvas, views::canvas_line(mirror.hash), context, outcome);
}

// One notice, then quiet until somebody types it again or the daemon starts anew.
void stop(Mirror& mirror, const std::string& why, const Context& context, Outcome& outcome) {
    mirror.trouble = why;
    outcome.changes.emplace_back(storage::CancelTimer{std::string(key)});
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("{}:{}", key, mirror.step),
        views::alarm_notice(
            fmt::format("The canvas of {} does not show the installed apps any more: {}", mirror.channel,
                        why),
            "Mend that and type /installed-apps mirror " + mirror.channel +
                ", or give it up with /installed-apps mirror off. The app needs the scopes canvases:write "
                "and canvases:read for it. Nothing else depends on it.")));
    outcome.audit.push_back({"countersign", "mirror.stopped", mirror.channel, details({{"why", why}})});
}

bool has_one_already(const std::string& error) {
    return error == "channel_canvas_already_exists" || error == "free_team_canvas_tab_already_exists";
}

// The canvas that the channel has already: ours, whose making was answered to nobody, or people's own.
void take_over(Mirror& mirror, const EffectAnswer& answer, const Context& context, Outcome& outcome) {
    const auto& canvas = field(field(field(answer.response, "channel"), "properties"), "canvas");
    const auto id = text_field(canvas, "file_id");
    if (id.empty())
        return stop(mirror, "Slack does not tell which canvas the channel has.", context, outcome);
    if (review::bool_field(canvas, "is_empty").value_or(false)) {
        mirror.canvas = id;
        return write(mirror, context, outcome);
    }
    look_for(mirror, "own", id, views::canvas_mark, context, outcome);
}

void looked_at(Mirror& mirror, bool stands, const Context& context, Outcome& outcome) {
    mirror.looked = to_millis(context.now);
    if (!stands) {
        outcome.effects.push_back(
            alarm(context.settings, fmt::format("{}:changed:{}", key, mirror.hash),
                  views::alarm_notice(
                      fmt::format(
                          "Somebody changed the canvas of {} that mirrors the installed apps by hand; it is "
                          "written anew.",
                          mirror.channel),
                      "Change the apps themselves with /installed-apps edit.")));
        outcome.audit.push_back({"slack", "mirror.changed_by_hand", mirror.channel, details({})});
        return write(mirror, context, outcome);
    }
    if (draw(context).hash != mirror.hash) write(mirror, context, outcome);
}

bool found_sections(const EffectAnswer& answer) {
    const auto& sections = field(answer.response, "sections");
    return sections.is_array() && !sections.empty();
}

void heard(Mirror& mirror, const EffectAnswer& answer, const Context& context, Outcome& outcome) {
    const auto step = text_field(answer.context, "step");
    // The next round looks what became of it.
    if (answer.meaning == "unclear" || answer.meaning == "expired") return;
    if (step == "create" && has_one_already(answer.error))
        return send(mirror, "find", "conversations.info", {{"channel", mirror.channel}}, json::object(),
                    context, outcome);
    if (!answer.ok() && answer.error == "canvas_not_found") {  // deleted: made anew
        mirror.canvas.clear();
        mirror.hash.clear();
        return create(mirror, context, outcome);
    }
    if (!answer.ok()) return stop(mirror, answer.trouble(), context, outcome);
    if (step == "find") return take_over(mirror, answer, context, outcome);
    if (step == "look") return looked_at(mirror, found_sections(answer), context, outcome);
    if (step == "own") {
        if (!found_sections(answer))
            return stop(
                mirror,
                "the channel has a canvas of its own, which is not overwritten; delete that one, or choose "
                "another channel.",
                context, outcome);
        mirror.canvas = text_field(answer.context, "canvas");
        return write(mirror, context, outcome);
    }
    if (step == "create") {
        mirror.canvas = text_field(answer.response, "canvas_id");
        outcome.audit.push_back(
            {"countersign", "mirror.created", mirror.channel, details({{"canvas", mirror.canvas}})});
    }
    mirror.hash = text_field(answer.context, "hash");
    mirror.looked = to_millis(context.now);
}

// "C0123456789", "here", or as Slack writes a channel in a command.
std::string channel_of(std::string_view word, const Press& press) {
    if (text::lower(word) == "here") return press.channel.value;
    if (word.starts_with("<#") && word.ends_with('>')) word = word.substr(2, word.find_first_of("|>") - 2);
    return is_channel_id(word) ? std::string(word) : std::string();
}

Outcome how_it_stands(const Press& press, const std::optional<Mirror>& mirror) {
    if (!mirror) return say(press, say_in(press.language, texts::mirror_is_off));
    if (mirror->trouble.empty()) return say(press, say_in(press.language, texts::mirror_on, mirror->channel));
    return say(press, say_in(press.language, texts::mirror_stopped, mirror->channel,
                             views::inert(views::recorded_in(press.language, mirror->trouble), 500)));
}

}  // namespace

Outcome mirror_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    if (auto admin = require_admin(press, "mirror", context); !admin) return std::move(admin.error());
    const auto before = read_mirror(context);
    if (words.empty()) return how_it_stands(press, before);
    Outcome outcome;
    if (text::lower(words.front()) == "off") {
        if (!before) return how_it_stands(press, before);
        outcome.changes.emplace_back(storage::SetMeta{std::string(key), ""});
        outcome.changes.emplace_back(storage::CancelTimer{std::string(key)});
        outcome.audit.push_back(
            {press.user.value, "mirror.off", before->channel, details({{"cause", press.cause}})});
        outcome.merge(say(press, say_in(press.language, texts::mirror_off)));
        return outcome;
    }
    Mirror mirror;
    mirror.channel = channel_of(words.front(), press);
    mirror.by = press.user.value;
    if (before) mirror.step = before->step;
    if (mirror.channel.empty() || words.size() > 1)
        return say(press, say_in(press.language, texts::mirror_which));
    if (before && before->channel == mirror.channel) {
        mirror = *before;
        mirror.trouble.clear();
        mirror.waits = false;
    }
    outcome.changes.push_back(next_look(context));
    go_on(mirror, context, outcome);
    outcome.changes.push_back(save(mirror));
    outcome.audit.push_back(
        {press.user.value, "mirror.on", mirror.channel, details({{"cause", press.cause}})});
    outcome.merge(say(press, say_in(press.language, texts::mirror_begins, mirror.channel)));
    return outcome;
}

Outcome begin_mirror(const Context& context) {
    Outcome outcome;
    auto mirror = read_mirror(context);
    if (!mirror) return outcome;
    mirror->trouble.clear();
    mirror->waits = false;
    outcome.changes.push_back(next_look(context));
    go_on(*mirror, context, outcome);
    outcome.changes.push_back(save(*mirror));
    return outcome;
}

Outcome mirror_due(const Context& context) {
    Outcome outcome;
    auto mirror = read_mirror(context);
    if (!mirror || !mirror->trouble.empty()) return outcome;
    outcome.changes.push_back(next_look(context));
    const auto step = mirror->step;
    go_on(*mirror, context, outcome);
    if (mirror->step != step) outcome.changes.push_back(save(*mirror));
    return outcome;
}

Outcome mirror_answered(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    auto mirror = read_mirror(context);
    if (!mirror || !mirror->waits || number_field(answer.context, "number") != mirror->step) return outcome;
    mirror->waits = false;
    heard(*mirror, answer, context, outcome);
    outcome.changes.push_back(save(*mirror));
    return outcome;
}

}  // namespace countersign::handlers
