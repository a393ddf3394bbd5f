#include "bot/tracker/yaml.hpp"

#include "bot/tracker/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace countersign::tracker {
namespace {

using nlohmann::json;

constexpr std::size_t largest = 64UL * 1024;
constexpr std::size_t deepest = 16;

[[noreturn]] void refuse(const YAML::Mark& mark, std::string_view why) {
    throw Malformed(mark.is_null() ? std::string(why) : fmt::format("line {}: {}", mark.line + 1, why));
}

// Takes the parser's events, not its tree: so nothing is built before it is known to be harmless.
class Builder final : public YAML::EventHandler {
  public:
    json take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { add(mark, nullptr); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        refuse(mark, "aliases are not read");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& value) override {
        add(mark, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value /*style*/) override {
        open(mark, json::array());
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value /*style*/) override {
        open(mark, json::object());
    }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        json value;
        std::optional<std::string> key;  // of a map: whose value comes next
        YAML::Mark mark;
    };

    void open(const YAML::Mark& mark, json empty) {
        if (open_.size() >= deepest) refuse(mark, fmt::format("it is nested over {} deep", deepest));
        open_.push_back({std::move(empty), std::nullopt, mark});
    }
    void close() {
        Open closed = std::move(open_.back());
        open_.pop_back();
        add(closed.mark, std::move(closed.value));
    }
    void add(const YAML::Mark& mark, json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return;
        }
        Open& parent = open_.back();
        if (parent.value.is_array()) {
            parent.value.push_back(std::move(value));
        } else if (parent.key) {
            parent.value[*parent.key] = std::move(value);
            parent.key.reset();
        } else {
            if (!value.is_string()) refuse(mark, "a key is no text");
            if (parent.value.contains(value.get<std::string>())) refuse(mark, "a key comes twice");
            parent.key = value.get<std::string>();
        }
    }

    json root_;
    std::vector<Open> open_;
};

}  // namespace

json read_yaml(std::string_view text) {
    if (text.size() > largest) throw Malformed("it is larger than 64 KiB");
    // A line break behind it hides from the parser that a quotation never ends.
    while (!text.empty() && std::string_view(" \t\r\n").contains(text.back()))
        text.remove_suffix(1);
    Builder builder;
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
    } catch (const Malformed&) {
        throw;
    } catch (const YAML::Exception& wrong) {
        refuse(wrong.mark, wrong.msg);
    } catch (const std::exception& wrong) {
        throw Malformed(fmt::format("it is not YAML: {}", wrong.what()));
    }
    return builder.take();
}

}  // namespace countersign::tracker
