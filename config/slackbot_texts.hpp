#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::config {

// What Slackbot's review messages say in one language; config/slackbot_texts.toml explains the phrases.
struct SlackbotLocale {
    std::string name;
    std::vector<std::string> request;
    std::vector<std::string> approve_buttons, restrict_buttons;
    std::vector<std::string> bot_scopes, user_scopes;  // headings of the two lists
    std::vector<std::string> reason;                   // label of the requester's own text
    std::vector<std::string> approved, restricted, denied, cancelled;
    std::vector<std::string> outcome_approved, outcome_restricted, outcome_denied, outcome_cancelled;
    std::vector<std::string> ignore;  // lines that say nothing about this request
};

struct SlackbotTexts {
    std::vector<std::string> approve_actions, restrict_actions;
    std::vector<SlackbotLocale> locales;
};

// The tables that are built in.
[[nodiscard]] const SlackbotTexts& default_slackbot_texts();

struct Problems;
// Adds the entries of a file of the same form. What is wrong with it is noted; then nothing of it is to be
// used.
void add_slackbot_texts(std::string_view toml, const std::filesystem::path& file, SlackbotTexts& texts,
                        Problems& problems);

}  // namespace countersign::config
