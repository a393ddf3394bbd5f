#include "tests/support/call_record.hpp"

#include "tests/support/paths.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>

namespace countersign::tests {
namespace {

using fakes::Json;

std::string without_chance(std::string text) {
    static const std::pair<std::regex, const char*> changing[]{
        {std::regex(R"(\b1[6-9]\d{8}\.\d{6}\b)"), "<ts>"},
        {std::regex(R"(\b20\d\d-[01]\d-[0-3]\d([ T][0-2]\d:[0-5]\d(:[0-5]\d)?Z?)?)"), "<date>"},
        {std::regex(R"(\b\d{6}\.7890123\.abcdef\d{8}\b)"), "<trigger>"},
        {std::regex(R"(\b[0-9a-f]{8}-5f3a-4c1d-9be2-[0-9a-f]{12}\b)"), "<envelope>"},
        {std::regex(R"(\b1[6-9]\d{8}\b)"), "<seconds>"},
    };
    for (const auto& [pattern, name] : changing)
        text = std::regex_replace(text, pattern, name);
    return text;
}

void normalise(Json& value) {
    if (value.is_string()) {
        value = without_chance(value.get<std::string>());
    } else if (value.is_structured()) {
        for (auto& each : value)
            normalise(each);
    }
}

Json shown(const fakes::ApiCall& call) {
    Json out{{"method", call.method}, {"token", call.token_kind}, {"args", call.args}};
    normalise(out);
    return out;
}

}  // namespace

CallRecord::CallRecord(fakes::FakeSlack& slack, std::string name)
    : slack_(slack),
      file_(data_directory() / "e2e" / (name + ".json")),
      recording_(std::getenv("COUNTERSIGN_RECORD") != nullptr) {
    if (recording_) return;
    std::ifstream file(file_);
    REQUIRE_MESSAGE(file.good(), file_);
    steps_ = Json::parse(file);
}

CallRecord::~CallRecord() {
    if (recording_) std::ofstream(file_) << steps_.dump(1) << "\n";
}

Json CallRecord::calls_since_last_step() const {
    const auto all = slack_.calls();
    std::vector<Json> calls;
    for (std::size_t i = seen_; i < all.size(); ++i) {
        // Edits of one message that wait for their turn are merged; how many remain is a matter of timing.
        std::erase_if(calls, [&](const Json& earlier) {
            return all[i].method == "chat.update" && earlier["method"] == "chat.update" &&
                   earlier["args"]["channel"] == all[i].args["channel"] && earlier["ts"] == all[i].args["ts"];
        });
        calls.push_back(shown(all[i]));
        calls.back()["ts"] = all[i].args.value("ts", Json());
    }
    for (auto& call : calls)
        call.erase("ts");
    std::ranges::sort(calls, {}, [](const Json& call) { return call.dump(); });
    return calls;
}

void CallRecord::expect(const std::string& step) {
    if (recording_) {
        // Nothing says how many there will be: quiet for a while means the end.
        std::size_t before = 0;
        do {
            before = slack_.calls().size();
            slack_.wait([] { return false; }, std::chrono::milliseconds(700));
        } while (slack_.calls().size() != before);
        steps_.push_back({{"step", step}, {"calls", calls_since_last_step()}});
        seen_ = before;
        return;
    }
    REQUIRE(step_ < steps_.size());
    REQUIRE(steps_[step_]["step"] == step);
    const Json& expected = steps_[step_++]["calls"];
    slack_.wait([&] { return calls_since_last_step() == expected; }, std::chrono::seconds(10));
    const Json made = calls_since_last_step();
    seen_ = slack_.calls().size();
    CHECK_MESSAGE(made == expected, step << ": " << Json::diff(expected, made).dump(1));
}

void CallRecord::expect_no_more() {
    const Json made = calls_since_last_step();
    CHECK_MESSAGE(made.empty(), made.dump(1));
}

}  // namespace countersign::tests
