#include "bot/tracker/json.hpp"

#include "config/base/time_zone.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

namespace countersign::tracker {
namespace {

using nlohmann::json;

constexpr int deepest = 64;

// Readers disagree about which of two members of one name counts: an answer with such a pair is none.
class Strict {
  public:
    bool operator()(int depth, json::parse_event_t event, json& value) {
        switch (event) {
            case json::parse_event_t::object_start:
                names_.emplace_back();
                break;
            case json::parse_event_t::object_end:
                if (!names_.empty()) names_.pop_back();
                break;
            case json::parse_event_t::key:
                if (names_.empty() || !names_.back().insert(value.get<std::string>()).second) sound_ = false;
                break;
            default:
                break;
        }
        if (depth > deepest) sound_ = false;
        return sound_;
    }
    [[nodiscard]] bool sound() const { return sound_; }

  private:
    std::vector<std::set<std::string>> names_;
    bool sound_ = true;
};

[[noreturn]] void wrong(const char* name) {
    throw Malformed(std::string("the member ") + name + " is missing or of another type");
}

// Null when there is none.
const json& at(const json& object, const char* name) {
    static const json none;
    if (!object.is_object()) wrong(name);
    const auto found = object.find(name);
    return found == object.end() ? none : *found;
}

std::optional<int> number(std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || digits.front() == '-' || error != std::errc() ||
        end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

struct Zone {
    std::chrono::minutes ahead{0};
};

std::optional<Zone> parse_zone(std::string_view text) {
    if (text == "Z" || text == "z") return Zone{};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto hours = number(text.substr(1, 2));
    const auto minutes = number(text.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const auto ahead = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return Zone{text[0] == '-' ? -ahead : ahead};
}

json read_json(std::string_view text) {
    Strict strict;
    json value = json::parse(text, std::ref(strict), false);
    if (value.is_discarded() || !strict.sound()) throw Malformed("the body is not sound JSON");
    return value;
}

}  // namespace

json read_object(std::string_view text) {
    json object = read_json(text);
    if (!object.is_object()) throw Malformed("an object was expected");
    return object;
}

json read_list(std::string_view text) {
    json list = read_json(text);
    if (!list.is_array()) throw Malformed("a list was expected");
    return list;
}

const json& object_at(const json& object, const char* name) {
    const json& value = at(object, name);
    if (!value.is_object()) wrong(name);
    return value;
}

const json& array_at(const json& object, const char* name) {
    const json& value = at(object, name);
    if (!value.is_array()) wrong(name);
    return value;
}

std::vector<std::string> texts_at(const json& object, const char* name) {
    std::vector<std::string> texts;
    for (const json& item : array_at(object, name)) {
        if (!item.is_string()) throw Malformed("a text was expected");
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::int64_t integer_at(const json& object, const char* name) {
    const auto value = optional_integer(object, name);
    if (!value) wrong(name);
    return *value;
}

std::string text_at(const json& object, const char* name) {
    const json& value = at(object, name);
    if (!value.is_string()) wrong(name);
    return value.get<std::string>();
}

Timestamp time_at(const json& object, const char* name) {
    const auto when = parse_time(text_at(object, name));
    if (!when) wrong(name);
    return *when;
}

std::optional<std::int64_t> optional_integer(const json& object, const char* name) {
    const json& value = at(object, name);
    if (value.is_null()) return std::nullopt;
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
    if (!fits) wrong(name);
    return value.get<std::int64_t>();
}

std::string optional_text(const json& object, const char* name) {
    return is_absent(object, name) ? "" : text_at(object, name);
}

bool optional_flag(const json& object, const char* name, bool fallback) {
    const json& value = at(object, name);
    if (value.is_null()) return fallback;
    if (!value.is_boolean()) wrong(name);
    return value.get<bool>();
}

bool is_absent(const json& object, const char* name) {
    return at(object, name).is_null();
}

// 2026-11-22T08:17:44Z, 2026-11-22T08:17:44.123+01:00
std::optional<Timestamp> parse_time(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const auto day = time_zone::parse_date(text.substr(0, 10));
    const auto hour = number(text.substr(11, 2));
    const auto minute = number(text.substr(14, 2));
    const auto second = number(text.substr(17, 2));
    if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    text.remove_prefix(19);
    std::chrono::milliseconds fraction{0};
    if (text.front() == '.') {
        text.remove_prefix(1);
        const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
        std::string three(digits.substr(0, 3));
        three.resize(3, '0');
        const auto value = number(three);
        if (digits.empty() || !value) return std::nullopt;
        fraction = std::chrono::milliseconds(*value);
        text.remove_prefix(digits.size());
    }
    const auto zone = parse_zone(text);
    if (!zone) return std::nullopt;
    return Timestamp(std::chrono::sys_days(*day)) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second) + fraction - zone->ahead;
}

}  // namespace countersign::tracker
