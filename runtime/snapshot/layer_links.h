// The symlinks that a layer has made so far, and the way through them: names of later entries lead through links of the same layer, as
// they do for containerd, beneath the root. Knows the layer alone: what lies below it is another tree. Touches no file.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LayerLinks {
public:
    // A clean path with the links in it resolved, also one at its end: absolute ones start at the root again, ".." stops there. What does
    // not exist is taken as it is written. An input error for a loop, and for what no layer can hold on the way.
    Result<std::string> resolve_folder(const std::string& path);
    // The same, but for the last part.
    Result<std::string> resolve(const std::string& path);

    // Now stands at a resolved path: a link, or something else.
    void put_link(const std::string& path, const std::string& target);
    void put_folder(const std::string& path);
    void put_file(const std::string& path) { remove(path); }
    // Another name of what is at `target`.
    void put_hard_link(const std::string& target, const std::string& path);

private:
    Result<std::string> walk(std::string_view path);
    Status check_part(std::string_view part);
    void remove(const std::string& path);

    std::map<std::string, std::string, std::less<>> targets_;  // by path
    std::uint64_t steps_ = 0;                                  // of the targets, for all names together
    std::string last_, last_resolved_;                         // neighbours stand one after the other
};

}  // namespace mabplan::runtime
