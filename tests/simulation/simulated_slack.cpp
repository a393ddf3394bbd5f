#include "tests/simulation/simulated_slack.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::simulation {
namespace {

slack::ApiAnswer well(Json body = Json::object()) {
    body["ok"] = true;
    slack::ApiAnswer answer;
    answer.http_status = 200;
    answer.body = body.dump();
    return answer;
}

// What the message says now, in place of what it said.
void write(Message& message, const Json& args) {
    message.text = args.value("text", "");
    message.buttons.clear();
    const auto blocks = args.find("blocks");
    if (blocks == args.end()) return;
    for (const Json& block : *blocks) {
        if (block.value("type", "") != "actions") continue;
        for (const Json& element : block["elements"]) {
            if (element.value("type", "") != "button" || element.contains("url")) continue;
            message.buttons.push_back(
                {message.channel, message.ts, element.value("action_id", ""), element.value("value", "")});
        }
    }
}

}  // namespace

slack::ApiAnswer refused(const std::string& method, const std::string& error) {
    slack::ApiAnswer answer;
    answer.http_status = 200;
    answer.error = error;
    answer.meaning = slack::meaning_of(method, error);
    answer.body = Json{{"ok", false}, {"error", error}}.dump();
    return answer;
}

slack::ApiAnswer SimulatedSlack::perform(const storage::Effect& effect) {
    const Json args = Json::parse(effect.args);
    if (effect.method == "chat.postMessage") return post(effect, args);
    if (effect.method == "chat.update") return update(args);
    if (effect.method == "views.open") return open(args);
    if (effect.method == "chat.postEphemeral") {
        Message line{args.at("channel"), next_ts(), "", effect.key, "", {}};
        write(line, args);
        if (!line.buttons.empty()) lines_[args.at("user")] = std::move(line);
        return well();
    }
    if (effect.method == "auth.test")
        return well({{"user_id", "U0BOT"},
                     {"team_id", "T1"},
                     {"enterprise_id", model.enterprise},
                     {"bot_id", "B0BOT"}});
    if (effect.method == "chat.getPermalink")
        return well({{"permalink", permalink(args.at("channel"), args.at("message_ts"))}});
    const auto answer = model.perform(effect.method, args);
    if (!answer.error.empty()) return refused(effect.method, answer.error);
    if (effect.method == "admin.apps.approve" || effect.method == "admin.apps.restrict")
        ++applied[effect.method + " " + args.value("request_id", effect.key)];
    return well(answer.response);
}

slack::ApiAnswer SimulatedSlack::post(const storage::Effect& effect, const Json& args) {
    messages_.push_back({args.at("channel"), next_ts(), args.value("thread_ts", ""), effect.key, "", {}});
    write(messages_.back(), args);
    return well({{"channel", messages_.back().channel}, {"ts", messages_.back().ts}});
}

slack::ApiAnswer SimulatedSlack::update(const Json& args) {
    const auto found = std::ranges::find_if(messages_, [&](const Message& message) {
        return message.channel == args.value("channel", "") && message.ts == args.value("ts", "");
    });
    if (found == messages_.end()) return refused("chat.update", "message_not_found");
    write(*found, args);
    return well({{"channel", found->channel}, {"ts", found->ts}});
}

slack::ApiAnswer SimulatedSlack::open(const Json& args) {
    const auto trigger = triggers_.find(args.value("trigger_id", ""));
    if (trigger == triggers_.end()) return refused("views.open", "invalid_trigger_id");
    const std::string id = "V" + std::to_string(++counter_);
    forms_[id] = {id, trigger->second, args.at("view")};
    triggers_.erase(trigger);
    return well({{"view", {{"id", id}}}});
}

Timestamp SimulatedSlack::now() const {
    return wall_ + std::chrono::floor<std::chrono::milliseconds>(clock_->steady() - steady_);
}

std::string SimulatedSlack::permalink(const std::string& channel, std::string ts) {
    std::erase(ts, '.');
    return fmt::format("https://acme.slack.com/archives/{}/p{}", channel, ts);
}

std::string SimulatedSlack::next_ts() {
    return fmt::format("{}.{:06}", to_millis(now()) / 1000, ++counter_);
}

std::vector<Button> SimulatedSlack::buttons(const std::string& user) const {
    std::vector<Button> found;
    for (const Message& message : messages_) {
        if (message.channel == "C0APPREVIEW" || message.channel == user)
            found.insert(found.end(), message.buttons.begin(), message.buttons.end());
    }
    if (const auto line = lines_.find(user); line != lines_.end())
        found.insert(found.end(), line->second.buttons.begin(), line->second.buttons.end());
    return found;
}

std::vector<const Form*> SimulatedSlack::forms(const std::string& user) const {
    std::vector<const Form*> found;
    for (const auto& [id, form] : forms_) {
        if (form.user == user) found.push_back(&form);
    }
    return found;
}

}  // namespace countersign::simulation
