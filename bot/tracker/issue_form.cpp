#include "bot/tracker/issue_form.hpp"

#include "bot/tracker/json.hpp"
#include "bot/tracker/yaml.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace countersign::tracker {
namespace {

using nlohmann::json;

constexpr std::string_view no_response = "_No response_";
constexpr std::size_t longest_label = 300;

// A label of several lines would make headings and boxes that the form does not have.
std::string one_line(const std::string& text) {
    return text::shortened(text::joined(text::words(text::cleaned(text)), " "), longest_label);
}

std::string label_of(const json& object) {
    auto label = one_line(text_at(object, "label"));
    if (label.empty()) throw Malformed("a label is empty");
    return label;
}

bool is_id(std::string_view id) {
    return !id.empty() && std::ranges::all_of(id, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
}

// GitHub's `render` makes a block of code of the answer; longer than any fence in it.
std::string in_code(const std::string& language, const std::string& value) {
    std::string fence = "```";
    while (value.contains(fence))
        fence += '`';
    return fmt::format("{}{}\n{}\n{}", fence, one_line(language), value, fence);
}

std::string text_answer(const json& element, const json& attributes) {
    const std::string value(text::trimmed(optional_text(attributes, "value")));
    const auto render = optional_text(attributes, "render");
    if (!value.empty()) return render.empty() ? value : in_code(render, value);
    const auto id = optional_text(element, "id");
    return is_id(id) ? fmt::format("{{{{{}|{}}}}}", id, no_response) : std::string(no_response);
}

std::string chosen(const json& attributes) {
    const auto options = texts_at(attributes, "options");
    const auto wanted = optional_text(attributes, "default");
    if (wanted.empty()) return std::string(no_response);
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
    if (error != std::errc() || end != wanted.data() + wanted.size() || index >= options.size())
        throw Malformed("its default is not the number of an option");
    return one_line(options[index]);
}

std::string boxes(const json& attributes) {
    std::string list;
    for (const json& option : array_at(attributes, "options"))
        list += fmt::format("{}- [ ] {}", list.empty() ? "" : "\n", label_of(option));
    return list.empty() ? std::string(no_response) : list;
}

std::string section(const json& element) {
    const auto type = text_at(element, "type");
    if (type == "markdown") return "";  // is for whoever fills the form in
    const json& attributes = object_at(element, "attributes");
    const auto label = label_of(attributes);
    std::string answer;
    if (type == "input" || type == "textarea")
        answer = text_answer(element, attributes);
    else if (type == "dropdown")
        answer = chosen(attributes);
    else if (type == "checkboxes")
        answer = boxes(attributes);
    else if (type == "upload")
        answer = no_response;
    else
        throw Malformed(fmt::format("its type {} is unknown", text::shortened(one_line(type), 30)));
    return fmt::format("### {}\n\n{}\n", label, answer);
}

}  // namespace

std::string rendered_form(std::string_view yaml) {
    const json form = read_yaml(yaml);
    std::vector<std::string> sections;
    int number = 0;
    for (const json& element : array_at(form, "body")) {
        ++number;
        try {
            if (auto text = section(element); !text.empty()) sections.push_back(std::move(text));
        } catch (const Malformed& wrong) {
            throw Malformed(fmt::format("element {} of its body: {}", number, wrong.what()));
        }
    }
    if (sections.empty()) throw Malformed("its body asks for nothing");
    return text::joined(sections, "\n");
}

}  // namespace countersign::tracker
