#pragma once

#include "config/base/ids.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// A message as people see it, whatever it is built of: text, blocks (sections, rich text, context) or old
// attachments. Nothing here knows what the words mean.
namespace countersign::handlers::review {

// A person or a link inside a line: where it stands in the visible text, and what it points at.
struct Mark {
    std::size_t begin = 0, end = 0;
    UserId user;      // of a mention
    AppId app;        // of a link to an app's page on slack.com
    std::string url;  // of a link
};

// Without formatting signs and leading emoji.
struct Line {
    std::string text;
    std::vector<Mark> marks;
    std::size_t piece = 0;  // lines of one block's text have the same number
    bool quoted = false;    // "> …": somebody's own words
};

struct MessageButton {
    std::string action;  // action_id, or an old attachment's name
    std::string label;
    std::string value;
};

struct SeenMessage {
    std::vector<Line> lines;
    std::vector<MessageButton> buttons;
};
[[nodiscard]] SeenMessage read_message(const nlohmann::json& message);
// One line in Slack's wire form.
[[nodiscard]] Line read_line(std::string_view wire);

// The app in a link to its page: https://slack.com/apps/A…, https://acme.slack.com/marketplace/A…-name. A
// host outside slack.com names no app, whatever its path says.
[[nodiscard]] AppId app_in_url(std::string_view url);

// Who wrote it. Members can make Slackbot say anything by a custom response; that is not Slack speaking.
enum class Author { slackbot, look_alike, other };
[[nodiscard]] Author author_of(const nlohmann::json& message);

// Tells one content from another: an edit of the message changes it.
[[nodiscard]] std::string content_digest(const nlohmann::json& message);

}  // namespace countersign::handlers::review
