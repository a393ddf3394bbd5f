#include "tests/support/block_kit.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

namespace countersign::tests {
namespace {

using Json = nlohmann::json;
using Names = std::initializer_list<std::string_view>;

enum class Surface { message, modal, home };

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Checker {
  public:
    explicit Checker(Surface surface) : surface_(surface) {}

    void blocks(const Json& blocks, const std::string& at) {
        if (!blocks.is_array()) return fail(at, "must be an array of blocks");
        const std::size_t most = surface_ == Surface::message ? 50 : 100;
        if (blocks.size() > most)
            fail(at, "has " + std::to_string(blocks.size()) + " blocks, at most " + std::to_string(most));
        for (std::size_t n = 0; n < blocks.size(); ++n)
            block(blocks[n], at + "/" + std::to_string(n));
        if (surface_ == Surface::message && text_ > 13000)
            fail(at, "all block text together is " + std::to_string(text_) + " characters, at most 13000",
                 "msg_blocks_too_long");
    }

    void view(const Json& view) {
        if (!view.is_object()) return fail("", "must be an object", "invalid_arguments");
        known(view, "",
              {"type", "title", "blocks", "close", "submit", "private_metadata", "callback_id",
               "clear_on_close", "notify_on_close", "external_id", "submit_disabled"});
        const auto type = view.value("type", Json());
        if (type == "home") {
            surface_ = Surface::home;
        } else if (type != "modal") {
            fail("/type", "must be modal or home");
        }
        if (surface_ == Surface::modal) {
            text(view, "", "title", 24, true, {"plain_text"});
            text(view, "", "submit", 24, false, {"plain_text"});
            text(view, "", "close", 24, false, {"plain_text"});
        }
        string(view, "", "private_metadata", 3000, false, true);
        string(view, "", "callback_id", 255, false);
        string(view, "", "external_id", 255, false);
        boolean(view, "", "clear_on_close");
        boolean(view, "", "notify_on_close");
        if (!view.contains("blocks")) return fail("/blocks", "is missing");
        blocks(view["blocks"], "/blocks");
        if (inputs_ > 0 && surface_ == Surface::modal && !view.contains("submit"))
            fail("/submit", "is missing, although the view has input blocks");
        if (view.dump(-1, ' ', false, Json::error_handler_t::replace).size() > 250000)
            fail("", "is over 250 kB", "view_too_large");
    }

    void fail(const std::string& at, std::string problem, std::string code = {}) {
        if (code.empty()) code = surface_ == Surface::message ? "invalid_blocks" : "invalid_arguments";
        errors.push_back({at, std::move(problem), std::move(code)});
    }

    std::vector<BlockKitError> errors;

  private:
    // --- fields ---

    void known(const Json& object, const std::string& at, Names names) {
        for (const auto& [key, value] : object.items()) {
            if (std::ranges::find(names, key) == names.end())
                fail(at + "/" + key, "is not a property of this object");
        }
    }

    // Whether the field is there and a string within the limit.
    bool string(const Json& object, const std::string& at, const char* name, std::size_t most, bool required,
                bool may_be_empty = false) {
        const auto found = object.find(name);
        const auto here = at + "/" + name;
        if (found == object.end()) {
            if (required) fail(here, "is missing");
            return false;
        }
        if (!found->is_string()) return fail(here, "must be a string"), false;
        const auto length = characters(found->get_ref<const std::string&>());
        if (length == 0 && !may_be_empty) fail(here, "must be more than 0 characters");
        if (length > most)
            fail(here, "is " + std::to_string(length) + " characters long, at most " + std::to_string(most));
        return true;
    }

    void boolean(const Json& object, const std::string& at, const char* name) {
        const auto found = object.find(name);
        if (found != object.end() && !found->is_boolean()) fail(at + "/" + name, "must be true or false");
    }

    void number(const Json& object, const std::string& at, const char* name, std::int64_t least,
                std::int64_t most) {
        const auto found = object.find(name);
        if (found == object.end()) return;
        if (!found->is_number_integer() || found->get<std::int64_t>() < least ||
            found->get<std::int64_t>() > most)
            fail(at + "/" + name,
                 "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }

    void one_of(const Json& object, const std::string& at, const char* name, Names values) {
        const auto found = object.find(name);
        if (found == object.end()) return;
        if (!found->is_string() ||
            std::ranges::find(values, found->get_ref<const std::string&>()) == values.end())
            fail(at + "/" + name, "is not one of the known values");
    }

    void url(const Json& object, const std::string& at, const char* name, std::size_t most, bool required) {
        if (!string(object, at, name, most, required)) return;
        const auto& value = object[name].get_ref<const std::string&>();
        const bool clean =
            std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
        if (!value.starts_with("https://") || value.size() < 9 || !clean)
            fail(at + "/" + name, "must be an https URL");
    }

    void text_object(const Json& object, const std::string& at, std::size_t most, Names types) {
        if (!object.is_object()) return fail(at, "must be a text object");
        known(object, at, {"type", "text", "emoji", "verbatim"});
        const auto type = object.value("type", Json());
        if (!type.is_string() || std::ranges::find(types, type.get_ref<const std::string&>()) == types.end())
            fail(at + "/type", types.size() == 1 ? "must be plain_text" : "must be plain_text or mrkdwn");
        if (type == "plain_text" && object.contains("verbatim"))
            fail(at + "/verbatim", "belongs to mrkdwn only");
        if (type == "mrkdwn" && object.contains("emoji")) fail(at + "/emoji", "belongs to plain_text only");
        boolean(object, at, "emoji");
        boolean(object, at, "verbatim");
        if (!string(object, at, "text", most, true)) return;
        text_ += characters(object["text"].get_ref<const std::string&>());
    }

    void text(const Json& object, const std::string& at, const char* name, std::size_t most, bool required,
              Names types) {
        const auto found = object.find(name);
        if (found != object.end()) {
            text_object(*found, at + "/" + name, most, types);
        } else if (required) {
            fail(at + "/" + name, "is missing");
        }
    }

    // --- composition objects ---

    void confirm(const Json& object, const std::string& at) {
        if (!object.is_object()) return fail(at, "must be a confirmation dialog object");
        known(object, at, {"title", "text", "confirm", "deny", "style"});
        text(object, at, "title", 100, true, {"plain_text"});
        text(object, at, "text", 300, true, {"plain_text", "mrkdwn"});
        text(object, at, "confirm", 30, true, {"plain_text"});
        text(object, at, "deny", 30, true, {"plain_text"});
        one_of(object, at, "style", {"primary", "danger"});
    }

    void option(const Json& object, const std::string& at, bool mrkdwn_allowed) {
        if (!object.is_object()) return fail(at, "must be an option object");
        known(object, at, {"text", "value", "description", "url"});
        if (mrkdwn_allowed) {
            text(object, at, "text", 75, true, {"plain_text", "mrkdwn"});
            text(object, at, "description", 75, false, {"plain_text", "mrkdwn"});
        } else {
            text(object, at, "text", 75, true, {"plain_text"});
            text(object, at, "description", 75, false, {"plain_text"});
        }
        string(object, at, "value", 150, true);
        if (object.contains("url")) url(object, at, "url", 3000, false);
    }

    void options(const Json& object, const std::string& at, std::size_t least, std::size_t most,
                 bool mrkdwn_allowed) {
        const auto here = at + "/options";
        const auto found = object.find("options");
        if (found == object.end()) return fail(here, "is missing");
        if (!found->is_array()) return fail(here, "must be an array");
        if (found->size() < least || found->size() > most)
            fail(here, "has " + std::to_string(found->size()) + " options, " + std::to_string(least) +
                           " to " + std::to_string(most));
        std::set<std::string> values;
        for (std::size_t n = 0; n < found->size(); ++n) {
            const auto place = here + "/" + std::to_string(n);
            option((*found)[n], place, mrkdwn_allowed);
            const auto value = (*found)[n].is_object() ? (*found)[n].value("value", Json()) : Json();
            if (value.is_string() && !values.insert(value.get<std::string>()).second)
                fail(place + "/value", "is used by another option");
        }
    }

    void initial_option(const Json& object, const std::string& at, const char* name) {
        const auto found = object.find(name);
        if (found == object.end()) return;
        bool there = false;
        const auto listed = [&](const Json& list) {
            return list.is_array() && std::ranges::find(list, *found) != list.end();
        };
        if (object.contains("options")) there = listed(object["options"]);
        if (object.contains("option_groups") && object["option_groups"].is_array()) {
            for (const auto& group : object["option_groups"])
                there |= group.is_object() && listed(group.value("options", Json()));
        }
        if (!there) fail(at + "/" + name, "is not one of the options");
    }

    // --- elements ---

    void action_id(const Json& element, const std::string& at) {
        if (!string(element, at, "action_id", 255, false)) return;
        if (!action_ids_.insert(element["action_id"].get<std::string>()).second)
            fail(at + "/action_id", "already exists in this block");
    }

    void button(const Json& element, const std::string& at) {
        known(element, at,
              {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"});
        text(element, at, "text", 75, true, {"plain_text"});
        string(element, at, "value", 2000, false, true);
        string(element, at, "accessibility_label", 75, false);
        if (element.contains("url")) url(element, at, "url", 3000, false);
        one_of(element, at, "style", {"primary", "danger"});
        if (element.contains("confirm")) confirm(element["confirm"], at + "/confirm");
        action_id(element, at);
    }

    void static_select(const Json& element, const std::string& at, bool multi) {
        known(element, at,
              {"type", "action_id", "options", "option_groups", multi ? "initial_options" : "initial_option",
               "confirm", "max_selected_items", "focus_on_load", "placeholder"});
        text(element, at, "placeholder", 150, false, {"plain_text"});
        if (element.contains("option_groups")) {
            const auto& groups = element["option_groups"];
            if (element.contains("options")) fail(at + "/options", "cannot stand beside option_groups");
            if (!groups.is_array() || groups.empty() || groups.size() > 100)
                return fail(at + "/option_groups", "must have 1 to 100 groups");
            for (std::size_t n = 0; n < groups.size(); ++n) {
                const auto place = at + "/option_groups/" + std::to_string(n);
                if (!groups[n].is_object()) {
                    fail(place, "must be an option group");
                    continue;
                }
                known(groups[n], place, {"label", "options"});
                text(groups[n], place, "label", 75, true, {"plain_text"});
                options(groups[n], place, 1, 100, false);
            }
        } else {
            options(element, at, 1, 100, false);
        }
        if (!multi) initial_option(element, at, "initial_option");
        if (element.contains("confirm")) confirm(element["confirm"], at + "/confirm");
        boolean(element, at, "focus_on_load");
        action_id(element, at);
    }

    void other_select(const Json& element, const std::string& at) {
        known(
            element, at,
            {"type", "action_id", "placeholder", "confirm", "focus_on_load", "initial_user", "initial_users",
             "initial_channel", "initial_channels", "initial_conversation", "initial_conversations",
             "min_query_length", "response_url_enabled", "default_to_current_conversation", "filter",
             "max_selected_items", "initial_option", "initial_options"});
        text(element, at, "placeholder", 150, false, {"plain_text"});
        if (element.contains("confirm")) confirm(element["confirm"], at + "/confirm");
        boolean(element, at, "focus_on_load");
        action_id(element, at);
    }

    void choice(const Json& element, const std::string& at, std::size_t least, std::size_t most) {
        known(element, at,
              {"type", "action_id", "options", "initial_option", "initial_options", "confirm",
               "focus_on_load"});
        options(element, at, least, most, element.value("type", "") != "overflow");
        initial_option(element, at, "initial_option");
        if (element.contains("confirm")) confirm(element["confirm"], at + "/confirm");
        action_id(element, at);
    }

    void picker(const Json& element, const std::string& at) {
        known(element, at,
              {"type", "action_id", "initial_date", "initial_time", "initial_date_time", "confirm",
               "focus_on_load", "placeholder", "timezone"});
        text(element, at, "placeholder", 150, false, {"plain_text"});
        if (element.contains("confirm")) confirm(element["confirm"], at + "/confirm");
        action_id(element, at);
    }

    void typed_input(const Json& element, const std::string& at, Names names) {
        known(element, at, names);
        text(element, at, "placeholder", 150, false, {"plain_text"});
        string(element, at, "initial_value", 3000, false, true);
        boolean(element, at, "multiline");
        boolean(element, at, "focus_on_load");
        number(element, at, "min_length", 0, 3000);
        number(element, at, "max_length", 1, 3000);
        if (element.value("min_length", Json(0)) > element.value("max_length", Json(3000)))
            fail(at + "/min_length", "is above max_length");
        const auto initial = element.value("initial_value", Json());
        const auto most = element.value("max_length", Json(3000));
        if (initial.is_string() && most.is_number_unsigned() &&
            characters(initial.get_ref<const std::string&>()) > most.get<std::size_t>())
            fail(at + "/initial_value", "is longer than max_length");
        action_id(element, at);
    }

    // Slack's own list of where an element may stand.
    void element(const Json& element, const std::string& at, Names allowed) {
        if (!element.is_object()) return fail(at, "must be an element");
        const auto type = element.value("type", Json());
        if (!type.is_string()) return fail(at + "/type", "is missing");
        const auto& name = type.get_ref<const std::string&>();
        if (std::ranges::find(allowed, name) == allowed.end())
            return fail(at + "/type", "unsupported type: " + name);
        if (name == "button") return button(element, at);
        if (name == "static_select") return static_select(element, at, false);
        if (name == "multi_static_select") return static_select(element, at, true);
        if (name.ends_with("_select")) return other_select(element, at);
        if (name == "overflow") return choice(element, at, 1, 5);
        if (name == "radio_buttons" || name == "checkboxes") return choice(element, at, 1, 10);
        if (name.ends_with("picker")) return picker(element, at);
        if (name == "image") return image(element, at);
        if (name == "plain_text_input")
            return typed_input(element, at,
                               {"type", "action_id", "initial_value", "multiline", "min_length", "max_length",
                                "dispatch_action_config", "focus_on_load", "placeholder"});
        if (name == "url_text_input" || name == "email_text_input")
            return typed_input(element, at,
                               {"type", "action_id", "initial_value", "dispatch_action_config",
                                "focus_on_load", "placeholder"});
        if (name == "number_input")
            return typed_input(element, at,
                               {"type", "action_id", "is_decimal_allowed", "initial_value", "min_value",
                                "max_value", "dispatch_action_config", "focus_on_load", "placeholder"});
        fail(at + "/type", "unsupported type: " + name);
    }

    void image(const Json& element, const std::string& at) {
        known(element, at, {"type", "image_url", "alt_text", "slack_file"});
        url(element, at, "image_url", 3000, !element.contains("slack_file"));
        string(element, at, "alt_text", 2000, true);
    }

    // --- blocks ---

    void block(const Json& block, const std::string& at) {
        if (!block.is_object()) return fail(at, "must be a block");
        action_ids_.clear();
        if (string(block, at, "block_id", 255, false) &&
            !block_ids_.insert(block["block_id"].get<std::string>()).second)
            fail(at + "/block_id", "already exists");
        const auto type = block.value("type", Json());
        if (!type.is_string()) return fail(at + "/type", "is missing");
        const auto& name = type.get_ref<const std::string&>();
        if (name == "section") return section(block, at);
        if (name == "header") return header(block, at);
        if (name == "context") return context(block, at);
        if (name == "actions") return actions(block, at);
        if (name == "input") return input(block, at);
        if (name == "divider") return known(block, at, {"type", "block_id"});
        if (name == "image") return image_block(block, at);
        if (name == "markdown" && surface_ == Surface::message) return markdown(block, at);
        fail(at + "/type", "unsupported type: " + name);
    }

    void section(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "text", "fields", "accessory", "expand"});
        text(block, at, "text", 3000, !block.contains("fields"), {"plain_text", "mrkdwn"});
        boolean(block, at, "expand");
        if (block.contains("fields")) {
            const auto& fields = block["fields"];
            if (!fields.is_array() || fields.empty() || fields.size() > 10) {
                fail(at + "/fields", "must have 1 to 10 fields");
            } else {
                for (std::size_t n = 0; n < fields.size(); ++n)
                    text_object(fields[n], at + "/fields/" + std::to_string(n), 2000,
                                {"plain_text", "mrkdwn"});
            }
        }
        if (block.contains("accessory"))
            element(block["accessory"], at + "/accessory",
                    {"button", "static_select", "multi_static_select", "users_select", "multi_users_select",
                     "conversations_select", "multi_conversations_select", "channels_select",
                     "multi_channels_select", "external_select", "multi_external_select", "overflow",
                     "radio_buttons", "checkboxes", "datepicker", "timepicker", "image"});
    }

    void header(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "text", "level"});
        text(block, at, "text", 150, true, {"plain_text"});
    }

    void context(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "elements"});
        each(block, at, 10, [&](const Json& one, const std::string& place) {
            if (one.is_object() && one.value("type", Json()) == "image") return image(one, place);
            text_object(one, place, 3000, {"plain_text", "mrkdwn"});
        });
    }

    void actions(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "elements"});
        each(block, at, 25, [&](const Json& one, const std::string& place) {
            element(one, place,
                    {"button", "static_select", "users_select", "conversations_select", "channels_select",
                     "external_select", "overflow", "radio_buttons", "checkboxes", "datepicker", "timepicker",
                     "datetimepicker"});
        });
    }

    template <class Check>
    void each(const Json& block, const std::string& at, std::size_t most, Check check) {
        const auto here = at + "/elements";
        const auto found = block.find("elements");
        if (found == block.end() || !found->is_array() || found->empty() || found->size() > most)
            return fail(here, "must have 1 to " + std::to_string(most) + " elements");
        for (std::size_t n = 0; n < found->size(); ++n)
            check((*found)[n], here + "/" + std::to_string(n));
    }

    void input(const Json& block, const std::string& at) {
        ++inputs_;
        known(block, at, {"type", "block_id", "label", "element", "dispatch_action", "hint", "optional"});
        text(block, at, "label", 2000, true, {"plain_text"});
        text(block, at, "hint", 2000, false, {"plain_text"});
        boolean(block, at, "optional");
        boolean(block, at, "dispatch_action");
        if (!block.contains("element")) return fail(at + "/element", "is missing");
        element(block["element"], at + "/element",
                {"plain_text_input", "url_text_input", "email_text_input", "number_input", "static_select",
                 "multi_static_select", "users_select", "multi_users_select", "conversations_select",
                 "multi_conversations_select", "channels_select", "multi_channels_select", "external_select",
                 "multi_external_select", "radio_buttons", "checkboxes", "datepicker", "timepicker",
                 "datetimepicker"});
    }

    void image_block(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "image_url", "alt_text", "title", "slack_file"});
        url(block, at, "image_url", 3000, !block.contains("slack_file"));
        string(block, at, "alt_text", 2000, true);
        text(block, at, "title", 2000, false, {"plain_text"});
    }

    void markdown(const Json& block, const std::string& at) {
        known(block, at, {"type", "block_id", "text"});
        if (string(block, at, "text", 12000, true))
            text_ += characters(block["text"].get_ref<const std::string&>());
    }

    Surface surface_;
    std::set<std::string> block_ids_;
    std::set<std::string> action_ids_;
    std::size_t text_ = 0;
    int inputs_ = 0;
};

void check_mrkdwn(std::string_view words, const std::string& at, std::vector<BlockKitError>& errors) {
    for (std::size_t n = 0; n < words.size(); ++n) {
        const auto rest = words.substr(n);
        if (words[n] == '&' && !rest.starts_with("&amp;") && !rest.starts_with("&lt;") &&
            !rest.starts_with("&gt;"))
            errors.push_back({at, "has a bare & at byte " + std::to_string(n), "careless"});
        if (words[n] != '<') continue;
        const auto end = rest.find_first_of("<>\n", 1);
        if (end == std::string_view::npos || rest[end] != '>' || end == 1) {
            errors.push_back({at, "has an unfinished <…> at byte " + std::to_string(n), "careless"});
            continue;
        }
        n += end;
    }
}

void walk(const Json& json, const std::string& at, std::vector<BlockKitError>& errors) {
    if (json.is_object() && json.value("type", Json()) == "mrkdwn" && json.value("text", Json()).is_string())
        check_mrkdwn(json["text"].get_ref<const std::string&>(), at + "/text", errors);
    if (!json.is_structured()) return;
    for (const auto& [key, value] : json.items())
        walk(value, at + "/" + key, errors);
}

// An argument may come as JSON text, as a form field carries it.
Json value_of(const Json& argument) {
    return argument.is_string() ? Json::parse(argument.get_ref<const std::string&>(), nullptr, false)
                                : argument;
}

}  // namespace

std::vector<BlockKitError> check_message(const Json& args) {
    Checker checker(Surface::message);
    const auto text = args.value("text", Json());
    if (!text.is_null() && !text.is_string()) checker.fail("/text", "must be a string", "invalid_arguments");
    const bool has_text = text.is_string() && !text.get_ref<const std::string&>().empty();
    if (has_text && characters(text.get_ref<const std::string&>()) > 40000)
        checker.fail("/text", "is over 40,000 characters", "msg_too_long");
    const auto given = args.find("blocks");
    const bool has_blocks = given != args.end() && !given->is_null() && *given != "";
    if (has_blocks) {
        const auto blocks = value_of(*given);
        if (blocks.is_discarded()) {
            checker.fail("/blocks", "is not JSON", "invalid_blocks_format");
        } else {
            checker.blocks(blocks, "/blocks");
        }
    }
    if (!has_text && !has_blocks) checker.fail("/text", "is missing", "no_text");
    return checker.errors;
}

std::vector<BlockKitError> check_view(const Json& view) {
    Checker checker(Surface::modal);
    const auto value = value_of(view);
    if (value.is_discarded()) {
        checker.fail("", "is not JSON", "invalid_arguments");
    } else {
        checker.view(value);
    }
    return checker.errors;
}

std::vector<BlockKitError> check_response_action(const Json& answer, const Json& view) {
    Checker checker(Surface::modal);
    if (answer.is_null() || (answer.is_object() && answer.empty())) return {};
    const auto action = answer.is_object() ? answer.value("response_action", Json()) : Json();
    if (action == "clear") return {};
    if (action == "update" || action == "push") return check_view(answer.value("view", Json()));
    if (action != "errors") {
        checker.fail("/response_action", "must be errors, update, push or clear", "invalid_arguments");
        return checker.errors;
    }
    const auto errors = answer.value("errors", Json());
    if (!errors.is_object() || errors.empty()) {
        checker.fail("/errors", "must name at least one block", "invalid_arguments");
        return checker.errors;
    }
    std::set<std::string> inputs;
    for (const auto& block : view.value("blocks", Json::array())) {
        if (block.value("type", "") == "input") inputs.insert(block.value("block_id", ""));
    }
    for (const auto& [block, text] : errors.items()) {
        if (!inputs.contains(block))
            checker.fail("/errors/" + block, "is not an input block of the view", "invalid_arguments");
        if (!text.is_string() || text.get_ref<const std::string&>().empty() ||
            characters(text.get_ref<const std::string&>()) > 2000)
            checker.fail("/errors/" + block, "must be a text of 1 to 2000 characters", "invalid_arguments");
    }
    return checker.errors;
}

std::vector<BlockKitError> check_texts(const Json& message_or_view) {
    std::vector<BlockKitError> errors;
    auto json = value_of(message_or_view);
    if (json.contains("blocks")) json["blocks"] = value_of(json["blocks"]);
    const auto text = json.value("text", Json());
    if (text.is_string()) check_mrkdwn(text.get_ref<const std::string&>(), "/text", errors);
    walk(json, "", errors);
    return errors;
}

std::string to_text(const std::vector<BlockKitError>& errors) {
    std::string out;
    for (const auto& error : errors)
        out += error.pointer + ": " + error.problem + " (" + error.code + ")\n";
    return out;
}

}  // namespace countersign::tests
