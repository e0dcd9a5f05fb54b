// Names in the order in which they came, each once. Adding and finding take constant time.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

namespace mabplan::compiler {

class NameList {
public:
    void add(const std::string& name) {
        if (known_.insert(name).second) names_.push_back(name);
    }
    bool contains(const std::string& name) const { return known_.contains(name); }
    void clear() {
        names_.clear();
        known_.clear();
    }
    auto begin() const { return names_.begin(); }
    auto end() const { return names_.end(); }

private:
    std::vector<std::string> names_;
    std::unordered_set<std::string> known_;
};

}  // namespace mabplan::compiler
