#pragma once

#include "tests/support/english_words.hpp"
#include "tests/support/review_world.hpp"

#include <string>
#include <vector>

// People who have set Slack to German, and what they read from then on.
namespace countersign::tests {

// The daemon knows it of each of them.
inline void all_german(ReviewWorld& world, const std::vector<std::string>& people) {
    for (const auto& person : people) {
        world.slack.locales[person] = "de-DE";
        world.command(person, "help");
    }
    world.run();
}

inline bool for_one_person(const storage::Effect& effect, const Json& args) {
    if (effect.method == "chat.postEphemeral" || effect.method.starts_with("views.")) return true;
    const auto channel = args.value("channel", "");
    return effect.method == "chat.postMessage" && (channel.starts_with('U') || channel.starts_with('D'));
}

// What one person is told by an outcome.
inline std::vector<std::string> personal_texts(const handlers::Outcome& outcome) {
    std::vector<std::string> texts;
    if (!outcome.ack.empty()) collect_texts(Json::parse(outcome.ack), texts);
    for (const auto& effect : outcome.effects) {
        const auto args = Json::parse(effect.args);
        if (for_one_person(effect, args)) collect_texts(args, texts);
    }
    return texts;
}

// What somebody is told from now on is read, and each English sentence kept.
inline void read_everything(ReviewWorld& world, std::vector<std::string>& english, int& read) {
    world.inspect = [&](const handlers::Event&, const handlers::Outcome& outcome) {
        for (const auto& text : personal_texts(outcome)) {
            ++read;
            if (const auto word = english_word_in(text); !word.empty())
                english.push_back("\"" + word + "\" in: " + text);
        }
    };
}

inline std::string all(const std::vector<std::string>& english) {
    std::string out;
    for (const auto& each : english)
        out += "\n" + each;
    return out;
}

}  // namespace countersign::tests
