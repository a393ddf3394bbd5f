#include "bot/slack/busy.hpp"
#include "bot/slack/envelope.hpp"
#include "bot/slack/json_walk.hpp"
#include "tests/support/paths.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

namespace countersign::slack {
namespace {

using Json = nlohmann::json;

constexpr std::string_view event_text =
    R"({"envelope_id":"e-1","payload":{"type":"event_callback","envelope_id":"inner","event":{"type":"hello"}},)"
    R"("type":"events_api","accepts_response_payload":false,"retry_attempt":2,"retry_reason":"timeout"})";

TEST_CASE("R46: the routing fields of an envelope are read, nested ones are not") {
    const SocketMessage message = read_message(event_text);
    CHECK(message.kind == MessageKind::events_api);
    CHECK(message.type == "events_api");
    CHECK(message.envelope_id == "e-1");
    CHECK_FALSE(message.accepts_response_payload);
    CHECK(message.retry_attempt == 2);
}

TEST_CASE("R45: an event named like a control message is not one") {
    CHECK(read_message(event_text).kind == MessageKind::events_api);
    CHECK(read_message(R"({"payload":{"type":"disconnect"},"type":"interactive","envelope_id":"e"})").kind ==
          MessageKind::interactive);
}

TEST_CASE("R9, R71: hello's fields") {
    const SocketMessage hello = read_message(
        R"({"type":"hello","num_connections":4,"debug_info":{"host":"applink-7","build_number":9,)"
        R"("approximate_connection_time":18060},"connection_info":{"app_id":"A012"}})");
    CHECK(hello.kind == MessageKind::hello);
    CHECK(hello.num_connections == 4);
    CHECK(hello.approximate_connection_time == 18060);
    CHECK(hello.app_id == "A012");
}

TEST_CASE("R37: disconnect with and without a reason") {
    CHECK(read_message(R"({"type":"disconnect","reason":"warning","debug_info":{}})").reason == "warning");
    const SocketMessage bare = read_message(R"({"type":"disconnect"})");
    CHECK(bare.kind == MessageKind::disconnect);
    CHECK(bare.reason.empty());
    CHECK(read_message(R"({"type":"disconnect","reason":null})").reason.empty());
}

TEST_CASE("R52: an unknown or broken message with an id is to be acknowledged") {
    CHECK(read_message(R"({"envelope_id":"e","type":"brand_new","payload":1})").kind == MessageKind::unknown);
    CHECK(read_message(R"({"envelope_id":"e","payload":{}})").kind == MessageKind::unknown);
    CHECK(read_message(R"({"envelope_id":"e","type":null})").kind == MessageKind::unknown);
    const SocketMessage cut = read_message(R"({"envelope_id":"e","type":"events_api","payload":{"a":)");
    CHECK(cut.kind == MessageKind::unknown);
    CHECK(cut.envelope_id == "e");
}

TEST_CASE("R53: events_api without event, without payload, with payload null") {
    for (const char* payload : {R"("payload":{"type":"app_rate_limited"},)", "", R"("payload":null,)"}) {
        const auto text = std::string("{") + payload + R"("envelope_id":"e","type":"events_api"})";
        CHECK(read_message(text).kind == MessageKind::events_api);
    }
}

TEST_CASE("R54: what is no message is noise") {
    const std::string deep(100'000, '[');
    for (const std::string& text :
         {std::string(), std::string("null"), std::string("7"), std::string("\"hello\""), std::string("[]"),
          std::string("{}"), std::string("{\"type\":\"events_api\"}"), std::string("{\"type\":null}"),
          std::string("error: gone"), std::string("{\"type\":\"hello\""),
          std::string("{\"type\":\"hello\"} x"), std::string("\0", 1),
          std::string("{\"envelope_id\":7,\"type\":\"events_api\"}"),
          std::string("{\"envelope_id\":\"\",\"type\":\"events_api\"}"), deep,
          deep + std::string(100'000, ']'), std::string("{\"type\":\"hel\xff\"}")}) {
        CAPTURE(text.substr(0, 40));
        CHECK(read_message(text).kind == MessageKind::noise);
    }
}

TEST_CASE("R54: 64 levels are read, 65 are not looked into but acknowledged") {
    const auto nested = [](int levels) {
        return R"({"payload":)" + std::string(static_cast<std::size_t>(levels - 1), '[') +
               std::string(static_cast<std::size_t>(levels - 1), ']') +
               R"(,"type":"events_api","envelope_id":"e"})";
    };
    CHECK(read_message(nested(64)).kind == MessageKind::events_api);
    CHECK(read_message(nested(65)).kind == MessageKind::unknown);
    CHECK(read_message(nested(100'000)).envelope_id == "e");
}

TEST_CASE("escaped keys and values, repeated keys: as any JSON reader has them") {
    const SocketMessage message = read_message(
        "{\"\\u0074ype\":\"hello\",\"type\":\"slash\\u005fcommands\",\"envelope\\u005Fid\":"
        "\"a\\\"b\\u00e9\\ud83d\\ude00\"}");
    CHECK(message.kind == MessageKind::slash_commands);
    CHECK(message.envelope_id == "a\"bé😀");
    CHECK(read_message(R"({"envelope_id":"a","envelope_id":"b","type":"interactive"})").envelope_id == "b");
    CHECK(read_message(R"({"envelope_id":"a","type":"interactive","envelope_id":null})").kind ==
          MessageKind::noise);
}

TEST_CASE("an id that would not fit into an ack is none") {
    CHECK(read_message(R"({"type":"events_api","envelope_id":")" + std::string(300, 'x') + "\"}").kind ==
          MessageKind::noise);
}

TEST_CASE("R42: an ack is an object with the id, and its payload an object") {
    CHECK(ack_text("e-1", "").text == R"({"envelope_id":"e-1"})");
    CHECK(ack_text("e-1", R"({"text":"x"})").text == R"({"envelope_id":"e-1","payload":{"text":"x"}})");
    CHECK(ack_text("e-1", "hi \"there\"").text ==
          R"({"envelope_id":"e-1","payload":{"text":"hi \"there\""}})");
    CHECK(Json::parse(ack_text("a\"b\\c\n", "").text)["envelope_id"] == "a\"b\\c\n");
}

TEST_CASE("R43: an ack above 20,000 bytes goes without its payload") {
    const auto payload = [](std::size_t bytes) { return R"({"text":")" + std::string(bytes, 'x') + "\"}"; };
    const std::size_t frame = ack_text("e", payload(0)).text.size();
    const AckText fits = ack_text("e", payload(max_ack_bytes - frame));
    CHECK(fits.text.size() == max_ack_bytes);
    CHECK_FALSE(fits.payload_dropped);
    const AckText over = ack_text("e", payload(max_ack_bytes - frame + 1));
    CHECK(over.text == R"({"envelope_id":"e"})");
    CHECK(over.payload_dropped);
}

TEST_CASE("the id can be found again in an ack") {
    CHECK(acked_envelope(ack_text("e-1", R"({"text":"x"})").text) == "e-1");
    CHECK(acked_envelope(ack_text("a\"b\\", "").text) == R"(a\"b\\)");
    CHECK(acked_envelope("{}").empty());
    CHECK(acked_envelope(R"({"envelope_id":"never ends)").empty());
}

TEST_CASE("R56: what a person is told when the queue is full") {
    SocketMessage message;
    message.accepts_response_payload = true;
    message.kind = MessageKind::slash_commands;
    CHECK(busy_payload(message, "") ==
          R"({"response_type":"ephemeral","text":"Countersign is busy; please try again in a minute."})");
    message.kind = MessageKind::interactive;
    const std::string form =
        R"({"payload":{"type":"view_submission","view":{"blocks":[{"type":"section","block_id":"s"},)"
        R"({"type":"input","block_id":"why"},{"type":"input","block_id":"x"}]}}})";
    CHECK(
        Json::parse(busy_payload(message, form)) ==
        Json::parse(
            R"({"response_action":"errors","errors":{"why":"Countersign is busy; please try again in a minute."}})"));
    for (const char* other :
         {R"({"payload":{"type":"block_actions"}})", R"({"payload":{"type":"view_submission"}})",
          R"({"payload":{"type":"view_submission","view":{"blocks":[{"type":"section"}]}}})",
          R"({"payload":7})", "[]", "nonsense", ""}) {
        CHECK(busy_payload(message, other).empty());
    }
    message.accepts_response_payload = false;
    CHECK(busy_payload(message, form).empty());
}

// What nlohmann would have read.
SocketMessage reference(const Json& json) {
    SocketMessage message;
    const auto text = [&](const Json& object, const char* key) {
        const auto at = object.find(key);
        return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    message.type = text(json, "type");
    message.envelope_id = text(json, "envelope_id");
    message.reason = text(json, "reason");
    if (json.contains("connection_info") && json["connection_info"].is_object()) {
        message.app_id = text(json["connection_info"], "app_id");
    }
    message.accepts_response_payload = json.value("accepts_response_payload", Json()) == Json(true);
    return message;
}

class Ignore final : public JsonVisitor {
  public:
    bool member(std::string_view, std::string_view, const JsonValue&) override { return true; }
};

void same_as_reference(const std::string& text) {
    CAPTURE(text);
    Ignore ignore;
    const bool valid = Json::accept(text);
    const JsonShape shape = walk_json(text, ignore);
    REQUIRE((shape != JsonShape::invalid) == valid);
    if (!valid) return;
    const Json json = Json::parse(text);
    REQUIRE((shape == JsonShape::object) == json.is_object());
    if (!json.is_object()) return;
    const SocketMessage expected = reference(json);
    const SocketMessage found = read_message(text);
    CHECK(found.type == expected.type);
    CHECK(found.envelope_id == expected.envelope_id);
    CHECK(found.reason == expected.reason);
    CHECK(found.app_id == expected.app_id);
    CHECK(found.accepts_response_payload == expected.accepts_response_payload);
}

TEST_CASE("the scan agrees with a full parser on hand-picked texts") {
    for (const char* text : {"{}",
                             "[]",
                             "0",
                             "-0",
                             "-",
                             "01",
                             "1.",
                             "1.5e+7",
                             "1e",
                             "1e308",
                             "-1e309",
                             "1e-9999",
                             "9e6434",
                             R"({"envelope_id":"e","type":"events_api","n":9e6434})",
                             ".5",
                             "+1",
                             "tru",
                             "true",
                             "nul",
                             "null",
                             "\"a",
                             "\"\\u12\"",
                             "\"\\ud800\"",
                             "\"\\ud800\\udc00\"",
                             "\"\\udc00\"",
                             "\"\\ud800\\ud800\"",
                             "\"\\x\"",
                             "\"\t\"",
                             "{\"a\":1,}",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{1:2}",
                             "{\"a\":1 \"b\":2}",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             "{,}",
                             "[[]",
                             "[]]",
                             "{\"a\":[}]",
                             " \n{ } ",
                             "\xc3\xa9",
                             "\"\xc3\xa9\"",
                             "\"\xc0\x80\"",
                             "\"\xed\xa0\x80\"",
                             "\"\xf4\x90\x80\x80\"",
                             "\"\xf0\x9f\x98\x80\"",
                             "\"\xe2\x82\"",
                             "//",
                             "",
                             "{\"type\":\"x\",\"connection_info\":{\"app_id\":\"A\"},\"connection_info\":{}}",
                             "{\"connection_info\":[{\"app_id\":\"A\"}],\"type\":{\"type\":\"y\"}}"}) {
        same_as_reference(text);
    }
}

TEST_CASE("the scan agrees with a full parser on whole numbers of any length") {
    for (const std::size_t digits : {1U, 20U, 299U, 300U, 308U, 309U, 310U, 5'000U})
        for (const char* first : {"1", "9", "-9"})
            same_as_reference(first + std::string(digits - 1, '9'));
}

TEST_CASE("R54: the scan agrees with a full parser on ten thousand damaged messages") {
    const std::vector<std::string> seeds{
        std::string(event_text),
        R"({"type":"hello","num_connections":1,"connection_info":{"app_id":"A\u0031"},"debug_info":{"host":"h\/x"}})",
        R"({"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"wss-111","n":[-1.5e3,true,null]}})",
        "{\"envelope_id\":\"\\ud83d\\ude00é\",\"accepts_response_payload\":true,\"type\":\"interactive\","
        "\"payload\":{}}"};
    constexpr std::string_view alphabet = "{}[]\",:\\u0019aeE+-. tfn\n\x01\xc3\xa9\xff";
    std::mt19937 random(7);
    for (int round = 0; round < 10'000; ++round) {
        std::string text = seeds[random() % seeds.size()];
        const int faults = 1 + static_cast<int>(random() % 3);
        for (int fault = 0; fault < faults; ++fault) {
            const std::size_t at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = alphabet[random() % alphabet.size()];
                    break;
                case 1:
                    text.erase(at, 1 + random() % 4);
                    break;
                case 2:
                    text.insert(at, 1, alphabet[random() % alphabet.size()]);
                    break;
                default:
                    text.insert(at, text.substr(random() % text.size(), random() % 12));
            }
            if (text.empty()) text = "{";
        }
        same_as_reference(text);
    }
}

TEST_CASE(
    "R26, R52: an envelope is read up to 200,000 values and 4 MiB, a larger one is known by its id alone") {
    const auto of_values = [](std::size_t values) {
        std::string text = R"({"type":"events_api","envelope_id":"e1","payload":[0)";
        for (std::size_t i = 5; i < values; ++i)
            text += ",0";
        return text + "]}";
    };
    CHECK(read_message(of_values(most_read_values)).kind == MessageKind::events_api);
    const auto rich = read_message(of_values(most_read_values + 1));
    CHECK(rich.kind == MessageKind::unknown);
    CHECK(rich.envelope_id == "e1");
    const auto of_bytes = [](std::size_t bytes) {
        const std::string begin = R"({"payload":")", end = R"(","type":"interactive","envelope_id":"e2"})";
        return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
    };
    CHECK(read_message(of_bytes(most_read_bytes)).kind == MessageKind::interactive);
    const auto long_one = read_message(of_bytes(most_read_bytes + 1));
    CHECK(long_one.kind == MessageKind::unknown);
    CHECK(long_one.envelope_id == "e2");
    CHECK(read_message(R"({"type":"hello","payload":")" + std::string(most_read_bytes, 'x') + "\"}").kind ==
          MessageKind::noise);
}

TEST_CASE("the beginning of a message ends with a whole character") {
    CHECK(beginning_of("short") == "short");
    const std::string odd = "x" + std::string(65'534, 'y') + "é…";
    CHECK(beginning_of(odd) == odd.substr(0, 65'535));
}

TEST_CASE("the scan agrees with a full parser on Slack's own examples") {
    int read = 0;
    for (const auto& file : std::filesystem::directory_iterator(tests::data_directory() / "slack-methods")) {
        if (file.path().extension() != ".json") continue;
        std::ifstream in(file.path());
        std::stringstream text;
        text << in.rdbuf();
        same_as_reference(text.str());
        ++read;
    }
    CHECK(read > 20);
}

}  // namespace
}  // namespace countersign::slack
