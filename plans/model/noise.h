// Noise: what programs leave beside their work that differs from one build to the next and that no program needs. A table of paths, what
// is done about each and why, and how a path is looked up in it. Knows names only; who walks over files and acts is runtime's.
//
// The table is part of what a command means: a change of it raises kSemanticsVersion (plan.h).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mabplan {

// What is done about noise, for a whole plan.
enum class Noise { Drop, Keep };

enum class NoiseRemedy {
    LeftAsBelow,   // what the command wrote is left out: the file is as in the layer below, or not made if there is none
    TimeOfSource,  // the time that the file records of its source becomes the source's in the layer, or none if it is stale
    TimeOfLayer,   // the times in it that are of the command's run become the time that the layer gives to files
};

struct NoiseRule {
    std::string_view pattern;  // folder/name: the folder as in an ignore file ("**" is any depth), the name a glob; files only
    NoiseRemedy remedy = NoiseRemedy::LeftAsBelow;
    std::string_view what;  // "log of dpkg"
    std::string_view why;   // why it differs, and why nobody needs it
};

std::span<const NoiseRule> noise_rules();
std::string_view describe(NoiseRemedy remedy);  // for people

// The table, ready for a walk: nearly every folder is dismissed by its own path, and its names are not looked at.
class NoiseTable {
public:
    NoiseTable();
    ~NoiseTable();
    NoiseTable(const NoiseTable&) = delete;
    NoiseTable& operator=(const NoiseTable&) = delete;

    // The rules for files of this folder ("." is the root), as numbers in noise_rules().
    std::vector<std::size_t> rules_in(std::string_view folder) const;
    // The first of these rules that a name matches; nothing if none does.
    const NoiseRule* find(const std::vector<std::size_t>& rules, std::string_view name) const;

private:
    struct Compiled;
    std::unique_ptr<const Compiled> compiled_;
};

}  // namespace mabplan
