#pragma once

#include <map>
#include <set>
#include <string>

// Which faults met in one and the same envelope or effect: one fault is easy to survive, it is the second on
// top of the first that finds the gap.
namespace countersign::simulation {

class Faults {
  public:
    // `thing`: an envelope by what the inbox knows it by, an effect by its key.
    void befall(const std::string& thing, const std::string& fault) { befallen_[thing].insert(fault); }

    // "429 + crash after_commit" -> in how many things both came together.
    [[nodiscard]] std::map<std::string, int> pairs() const;

  private:
    std::map<std::string, std::set<std::string>> befallen_;
};

}  // namespace countersign::simulation
