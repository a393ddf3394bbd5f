// What is written and searched by hand, against the library that everybody else uses.
#include "storage/json_field.hpp"
#include "storage/json_lists.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>

using namespace countersign;
using namespace countersign::storage;
using nlohmann::json;

namespace {

std::mt19937 random_source;  // NOLINT: the same sequence in every run

int pick(int below) {
    return static_cast<int>(random_source() % static_cast<unsigned>(below));
}

// Full of what could lead a search astray.
std::string random_text() {
    static const std::vector<std::string> pieces = {"channel", "\"", "\\", "{", "}", "[",  "]",
                                                    ":",       ",",  "\n", "é", "a", "C1", ""};
    std::string text;
    for (int i = pick(6); i > 0; --i)
        text += pieces[static_cast<std::size_t>(pick(static_cast<int>(pieces.size())))];
    return text;
}

json random_value(int depth) {
    switch (pick(depth > 0 ? 5 : 3)) {
        case 0:
            return random_text();
        case 1:
            return pick(1'000);
        case 2:
            return nullptr;
        case 3: {
            auto list = json::array();
            for (int i = pick(4); i > 0; --i)
                list.push_back(random_value(depth - 1));
            return list;
        }
        default: {
            auto object = json::object();
            for (int i = pick(4); i > 0; --i)
                object[pick(3) == 0 ? "channel" : random_text()] = random_value(depth - 1);
            return object;
        }
    }
}

}  // namespace

TEST_CASE("property: a field is found at the top of an object and nowhere else, however it is written") {
    for (int i = 0; i < 20'000; ++i) {
        auto object = json::object();
        for (int fields = pick(5); fields > 0; --fields)
            object[random_text()] = random_value(3);
        std::string expected;
        if (pick(2) == 0) object["channel"] = random_value(2);
        if (object.contains("channel") && object["channel"].is_string()) {
            const std::string quoted = object["channel"].dump();
            expected = quoted.substr(1, quoted.size() - 2);
        }
        const std::string text = object.dump(pick(3) - 1);
        CAPTURE(text);
        REQUIRE(json_text_field(text, "channel") == expected);
        // Cut anywhere, it may find nothing, but it ends within the text.
        const auto cut = text.substr(0, static_cast<std::size_t>(pick(static_cast<int>(text.size()) + 1)));
        REQUIRE(json_text_field(cut, "channel").size() <= cut.size());
    }
}

TEST_CASE("property: scopes and members come back from their JSON, and others can read it") {
    for (int i = 0; i < 5'000; ++i) {
        std::vector<Scope> scopes;
        std::vector<UserId> users;
        for (int n = pick(5); n > 0; --n) {
            scopes.push_back(
                {random_text(), static_cast<TokenType>(pick(4)), random_text(), pick(2) == 0, pick(2) == 0});
            users.emplace_back(random_text());
        }
        REQUIRE(scopes_from_json(scopes_to_json(scopes)) == scopes);
        REQUIRE(users_from_json(users_to_json(users)) == users);
        REQUIRE(json::parse(scopes_to_json(scopes)).size() == scopes.size());
    }
}
