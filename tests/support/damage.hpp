#pragma once

#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

// What Slack sends, as it might arrive if somebody there changed it without telling.
namespace countersign::tests {

using Json = nlohmann::json;

class Damage {
  public:
    explicit Damage(std::mt19937& random) : random_(&random) {}

    // One node anywhere within is gone or something else.
    void harm(Json& whole) {
        std::vector<std::pair<Json*, std::string>> nodes;
        collect(whole, nodes);
        auto& [parent, key] = nodes[pick(nodes.size())];
        Json& node = parent->is_array() ? parent->at(std::stoul(key)) : parent->at(key);
        const std::vector<Json> others{nullptr,
                                       true,
                                       -1,
                                       1e300,
                                       "",
                                       "nonsense",
                                       Json::array(),
                                       Json::object(),
                                       Json::array({nullptr, 1, "x"}),
                                       std::string(5'000, 'x'),
                                       "<!channel>\n\x01"};
        if (pick(4) == 0 && parent->is_object())
            parent->erase(key);
        else
            node = others[pick(others.size())];
    }

  private:
    std::size_t pick(std::size_t below) { return (*random_)() % below; }

    static void collect(Json& node, std::vector<std::pair<Json*, std::string>>& nodes) {
        for (auto& [key, value] : node.items()) {
            nodes.emplace_back(&node, key);
            if (value.is_structured()) collect(value, nodes);
        }
    }

    std::mt19937* random_;
};

}  // namespace countersign::tests
