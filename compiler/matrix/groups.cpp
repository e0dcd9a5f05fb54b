#include "compiler/matrix/groups.h"

#include "compiler/matrix/read_matrix.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <map>
#include <set>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kDeepestGroups = 64;

// The targets that a name means when no group has it, in the order of the file.
std::vector<std::string> targets_named(const std::vector<Target>& targets, const std::string& name) {
    std::vector<std::string> out;
    for (const Target& target : targets) {
        if (target.name == name) return {name};
        if (target.declared_name == name) out.push_back(target.name);
    }
    return out;
}

class GroupReader {
public:
    GroupReader(const YamlEntry& groups, const std::vector<Target>& targets, NodeReader& reader)
        : groups_(groups), targets_(targets), reader_(reader) {}

    std::vector<Group> read() {
        std::vector<Group> out;
        for (const YamlEntry& group : groups_.value.entries) {
            if (!targets_named(targets_, group.key).empty())
                reader_.mistakes().add(group.key_place, format("{} is a group and a target", quoted(group.key)));
            const std::set<std::string>& members = members_of(group);
            out.push_back({group.key, {}});
            for (const Target& target : targets_)
                if (members.contains(target.name)) out.back().targets.push_back(target.name);
        }
        return out;
    }

private:
    const std::set<std::string>& members_of(const YamlEntry& group) {
        if (const auto known = members_.find(group.key); known != members_.end()) return known->second;
        open_.push_back(group.key);
        std::set<std::string> members;
        if (open_.size() > kDeepestGroups)
            reader_.mistakes().add(group.key_place, format("groups are nested deeper than {}", kDeepestGroups));
        else if (reader_.is_list(group)) collect(group, members);
        open_.pop_back();
        return members_[group.key] = std::move(members);
    }

    void collect(const YamlEntry& group, std::set<std::string>& members) {
        if (group.value.items.empty()) reader_.mistakes().add(group.value.place, format("the group {} is empty", quoted(group.key)));
        for (const YamlNode& item : group.value.items) {
            if (item.kind != YamlKind::Scalar)
                reader_.mistakes().add(item.place, format("a member of a group must be a name, found {}", describe(item)));
            else add_member(item, members);
        }
    }

    void add_member(const YamlNode& item, std::set<std::string>& members) {
        if (const YamlEntry* group = groups_.value.find(item.text)) {
            if (std::find(open_.begin(), open_.end(), item.text) != open_.end())
                return reader_.mistakes().add(item.place, format("groups hold each other: {} -> {}", join(open_, " -> "), item.text));
            const std::set<std::string>& found = members_of(*group);
            members.insert(found.begin(), found.end());
            return;
        }
        const std::vector<std::string> found = targets_named(targets_, item.text);
        if (found.empty())
            reader_.mistakes().add(item.place, format("there is no target or group {}", quoted(item.text)), suggestion(item.text, known()));
        members.insert(found.begin(), found.end());
    }

    std::vector<std::string> known() const {
        std::vector<std::string> names;
        for (const Target& target : targets_) names.push_back(target.name), names.push_back(target.declared_name);
        for (const YamlEntry& group : groups_.value.entries) names.push_back(group.key);
        return names;
    }

    const YamlEntry& groups_;
    const std::vector<Target>& targets_;
    NodeReader& reader_;
    std::vector<std::string> open_;
    std::map<std::string, std::set<std::string>> members_;  // of the groups that were read
};

}  // namespace

std::vector<Group> read_groups(const YamlEntry& entry, const std::vector<Target>& targets, NodeReader& reader) {
    if (!reader.is_map(entry)) return {};
    return GroupReader(entry, targets, reader).read();
}

const Target* find_target(const Matrix& matrix, const std::string& name) {
    const auto found =
        std::find_if(matrix.targets.begin(), matrix.targets.end(), [&](const Target& target) { return target.name == name; });
    return found == matrix.targets.end() ? nullptr : &*found;
}

Result<std::vector<const Target*>> select_targets(const Matrix& matrix, std::span<const std::string> names) {
    const auto find_group = [&](const std::string& name) {
        return std::find_if(matrix.groups.begin(), matrix.groups.end(), [&](const Group& group) { return group.name == name; });
    };
    std::set<std::string> chosen;
    std::vector<std::string> asked(names.begin(), names.end());
    if (asked.empty() && find_group("default") != matrix.groups.end()) asked = {"default"};
    for (const std::string& name : asked) {
        const auto group = find_group(name);
        const std::vector<std::string> found = group != matrix.groups.end() ? group->targets : targets_named(matrix.targets, name);
        chosen.insert(found.begin(), found.end());
        if (!found.empty()) continue;
        std::vector<std::string> known;
        for (const Target& target : matrix.targets) known.push_back(target.name), known.push_back(target.declared_name);
        for (const Group& other : matrix.groups) known.push_back(other.name);
        std::string hint = suggestion(name, known);
        if (hint.empty()) hint = format("there are {}", join(std::set<std::string>(known.begin(), known.end()), ", "));
        return fail(ErrorKind::Input, format("there is no target or group {}", quoted(name)), std::move(hint));
    }
    std::vector<const Target*> out;
    for (const Target& target : matrix.targets)
        if (asked.empty() || chosen.contains(target.name)) out.push_back(&target);
    return out;
}

}  // namespace mabplan::compiler
