#include "tests/fakes/slack_blocks.hpp"

#include <set>

namespace countersign::fakes {

using Json = nlohmann::json;

namespace {

std::size_t length_of(const Json& text) {
    std::size_t count = 0;
    for (const char c : text.is_string() ? text.get_ref<const std::string&>() : std::string()) {
        count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    }
    return count;
}

std::string label_of(const Json& element) {
    const Json text = element.value("text", Json());
    return text.is_object() ? text.value("text", "") : "";
}

std::optional<std::string> element_problem(const Json& element, const std::string& at) {
    if (!element.is_object() || !element.value("type", Json()).is_string()) return at + " has no type";
    if (length_of(element.value("action_id", Json())) > 255) return at + "/action_id is longer than 255";
    if (element["type"] == "button") {
        const std::size_t size = length_of(Json(label_of(element)));
        if (size == 0 || size > 75) return at + "/text must have 1 to 75 characters";
        if (length_of(element.value("value", Json())) > 2000) return at + "/value is longer than 2000";
    }
    return std::nullopt;
}

std::optional<std::string> text_problem(const Json& holder, const char* key, std::size_t limit,
                                        const std::string& at) {
    const Json text = holder.value(key, Json());
    if (!text.is_object()) return at + "/" + key + " is missing";
    const Json type = text.value("type", Json());
    if (type != "mrkdwn" && type != "plain_text") return at + "/" + key + "/type is wrong";
    const std::size_t size = length_of(text.value("text", Json()));
    if (size == 0 || size > limit)
        return at + "/" + key + " must have 1 to " + std::to_string(limit) + " characters";
    return std::nullopt;
}

std::optional<std::string> block_problem(const Json& block, Surface surface, const std::string& at) {
    if (!block.is_object() || !block.value("type", Json()).is_string()) return at + " has no type";
    const std::string type = block["type"];
    if (length_of(block.value("block_id", Json())) > 255) return at + "/block_id is longer than 255";
    if (type == "section") {
        if (block.contains("fields")) {
            if (block["fields"].size() > 10) return at + "/fields has more than 10 items";
            for (const auto& field : block["fields"]) {
                if (auto bad = text_problem({{"text", field}}, "text", 2000, at + "/fields")) return bad;
            }
        }
        if (block.contains("text") || !block.contains("fields")) {
            if (auto bad = text_problem(block, "text", 3000, at)) return bad;
        }
        if (block.contains("accessory")) return element_problem(block["accessory"], at + "/accessory");
    } else if (type == "header") {
        return text_problem(block, "text", 150, at);
    } else if (type == "context" || type == "actions") {
        const Json elements = block.value("elements", Json::array());
        if (elements.empty() || elements.size() > (type == "context" ? 10U : 25U))
            return at + "/elements: wrong number";
        for (std::size_t i = 0; type == "actions" && i < elements.size(); ++i) {
            if (auto bad = element_problem(elements[i], at + "/elements/" + std::to_string(i))) return bad;
        }
    } else if (type == "input") {
        if (surface == Surface::home) return at + ": input is not for the Home tab";
        if (auto bad = text_problem(block, "label", 2000, at)) return bad;
        return element_problem(block.value("element", Json()), at + "/element");
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> blocks_problem(const Json& blocks, Surface surface) {
    if (!blocks.is_array()) return "must be an array [json-pointer:/blocks]";
    const std::size_t limit = surface == Surface::message ? 50 : 100;
    if (blocks.size() > limit)
        return "no more than " + std::to_string(limit) + " items allowed [json-pointer:/blocks]";
    std::set<std::string> block_ids;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::string at = "[json-pointer:/blocks/" + std::to_string(i) + "]";
        if (auto bad = block_problem(blocks[i], surface, at)) return bad;
        const std::string id = blocks[i].value("block_id", "");
        if (!id.empty() && !block_ids.insert(id).second) return "`block_id` " + id + " already exists " + at;
    }
    return std::nullopt;
}

std::optional<std::string> view_problem(const Json& view) {
    if (!view.is_object()) return "must be an object [json-pointer:/view]";
    const Json type = view.value("type", Json());
    if (type != "modal" && type != "home") return "unsupported type [json-pointer:/view/type]";
    if (type == "modal") {
        if (auto bad = text_problem(view, "title", 24, "[json-pointer:/view]")) return bad;
        for (const char* key : {"submit", "close"}) {
            if (!view.contains(key)) continue;
            if (auto bad = text_problem(view, key, 24, "[json-pointer:/view]")) return bad;
        }
    }
    bool has_input = false;
    for (const auto& block : view.value("blocks", Json::array())) {
        has_input = has_input || block.value("type", Json()) == "input";
    }
    if (has_input && !view.contains("submit"))
        return "submit is required with inputs [json-pointer:/view/submit]";
    if (length_of(view.value("private_metadata", Json())) > 3000)
        return "private_metadata is longer than 3000";
    if (length_of(view.value("callback_id", Json())) > 255) return "callback_id is longer than 255";
    return blocks_problem(view.value("blocks", Json()), type == "modal" ? Surface::modal : Surface::home);
}

std::size_t blocks_text_length(const Json& blocks) {
    std::size_t sum = 0;
    if (blocks.is_object()) {
        for (const auto& [key, value] : blocks.items()) {
            sum += key == "text" && value.is_string() ? length_of(value) : blocks_text_length(value);
        }
    } else if (blocks.is_array()) {
        for (const auto& block : blocks)
            sum += blocks_text_length(block);
    }
    return sum;
}

std::vector<Pressable> pressables(const Json& blocks) {
    std::vector<Pressable> out;
    const auto add = [&](const Json& element, const Json& block) {
        if (element.is_object() && element.contains("action_id"))
            out.push_back({element, block, label_of(element)});
    };
    for (const auto& block : blocks) {
        if (block.value("type", "") == "actions") {
            for (const auto& element : block.value("elements", Json::array()))
                add(element, block);
        }
        if (block.contains("accessory")) add(block["accessory"], block);
    }
    return out;
}

}  // namespace countersign::fakes
