#include "compiler/lower/environment_list.h"

#include "plans/oci/image_config.h"

#include <algorithm>
#include <iterator>

namespace mabplan::compiler {

EnvironmentList::EnvironmentList(const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
        const std::size_t equals = entry.find('=');
        set(entry.substr(0, equals), equals == std::string::npos ? std::string() : entry.substr(equals + 1));
    }
}

EnvironmentList EnvironmentList::verbatim(std::vector<std::string> entries) {
    EnvironmentList list;
    list.entries_ = std::move(entries);
    for (std::size_t i = 0; i < list.entries_.size(); ++i) list.places_.emplace(list.entries_[i].substr(0, list.entries_[i].find('=')), i);
    return list;
}

void EnvironmentList::set(const std::string& name, const std::string& value) {
    const auto [place, added] = places_.emplace(name, entries_.size());
    std::string entry = name + "=" + value;
    if (added) entries_.push_back(std::move(entry));
    else entries_[place->second] = std::move(entry);
}

std::optional<std::string> EnvironmentList::get(std::string_view name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) return std::nullopt;
    const std::string& entry = entries_[found->second];
    return entry.size() > name.size() ? entry.substr(name.size() + 1) : std::string();
}

bool EnvironmentList::contains(std::string_view name) const { return places_.find(name) != places_.end(); }

std::vector<std::string> EnvironmentList::names() const {
    std::vector<std::string> names;
    names.reserve(entries_.size());
    for (const std::string& entry : entries_) names.push_back(entry.substr(0, entry.find('=')));
    return names;
}

std::vector<std::string> EnvironmentList::assignments() const {
    std::vector<std::string> list;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(list), is_assignment);
    return list;
}

}  // namespace mabplan::compiler
