// USER as Docker understands it: "name", "uid", "name:group", "uid:gid" (digits are an id, never a name), looked up in /etc/passwd and
// /etc/group of a root file system. Reads text that it is given; opens nothing.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct UserFiles {
    std::string passwd;  // contents; empty where there is no such file
    std::string group;
};

struct User {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;  // supplementary, from /etc/group; empty when a group was given
    std::string home = "/";             // of the first line of the uid; may be empty
};

// Who runs a command. Empty text is root, and "root" is 0 also where no file says so. Another name that the files do not know is an
// error of kind Step.
Result<User> find_user(std::string_view text, const UserFiles& files);

// HOME for the user, where the environment has none or an empty one, as runc does.
void fill_home(std::vector<std::string>& env, const User& user);

struct Owner {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    bool operator==(const Owner&) const = default;
};

enum class UnknownNames {
    Refuse,  // an error of kind Step
    Root,    // they count as 0, as in BuildKit
};

// Whose a file becomes (`--chown`, and USER for WORKDIR): a lone "uid" is also the gid, a lone name brings its group. "root" is 0 in
// every image.
Result<Owner> find_owner(std::string_view text, const UserFiles& files, UnknownNames unknown = UnknownNames::Refuse);

// True if the text holds a name, so that the files matter.
bool needs_user_files(std::string_view text);

}  // namespace mabplan::runtime
