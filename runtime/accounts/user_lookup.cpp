#include "runtime/accounts/user_lookup.h"

#include "plans/base/account_id.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

std::optional<std::uint32_t> parse_id(std::string_view text) {
    const auto number = parse_unsigned(text);
    if (!number || *number > kMostAccountId) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

struct PasswdLine {
    std::string_view name;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string_view home;
};

// name:password:uid:gid:gecos:home:shell (passwd(5)); lines that are not so are passed over.
template <class Match>
std::optional<PasswdLine> find_passwd(const std::string& passwd, Match matches) {
    for (const std::string_view line : split(passwd, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4) continue;
        const auto uid = parse_id(fields[2]), gid = parse_id(fields[3]);
        if (!uid || !gid) continue;
        const PasswdLine found{fields[0], *uid, *gid, fields.size() > 5 ? fields[5] : std::string_view{}};
        if (matches(found)) return found;
    }
    return std::nullopt;
}

// name:password:gid:members (group(5)).
template <class Visit>
void each_group(const std::string& group, Visit visit) {
    for (const std::string_view line : split(group, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 3) continue;
        if (const auto gid = parse_id(fields[2])) visit(fields[0], *gid, fields.size() > 3 ? fields[3] : std::string_view{});
    }
}

// An id that no file is asked for; "root" is one as well (moby/buildkit, client/llb/fileop.go, parseUID).
std::optional<std::uint32_t> fixed_id(std::string_view text) {
    if (text == "root") return 0;
    return parse_id(text);
}

Result<std::uint32_t> find_group(std::string_view text, const UserFiles& files) {
    std::optional<std::uint32_t> found = parse_id(text);
    each_group(files.group, [&](std::string_view name, std::uint32_t gid, std::string_view) {
        if (!found && name == text) found = gid;
    });
    if (!found && text == "root") return 0;
    if (!found && is_account_number(text)) return account_id_out_of_range(text);
    if (!found) return fail(ErrorKind::Step, format("the group {} is not in /etc/group of the image", quoted(text)));
    return *found;
}

std::vector<std::uint32_t> memberships(std::string_view user, const UserFiles& files) {
    std::vector<std::uint32_t> groups;
    each_group(files.group, [&](std::string_view, std::uint32_t gid, std::string_view members) {
        const auto names = split(members, ',');
        if (std::find(names.begin(), names.end(), user) != names.end()) groups.push_back(gid);
    });
    return groups;
}

struct Parts {
    std::string_view user, group;
    bool has_group = false;
};

Parts cut(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {text, {}, false};
    return {text.substr(0, colon), text.substr(colon + 1), true};
}

Result<User> find_account(std::string_view text, const UserFiles& files) {
    const std::string_view wanted = text.empty() ? std::string_view("0") : text;
    const auto number = parse_id(wanted);  // is never a name
    const auto line =
        find_passwd(files.passwd, [&](const PasswdLine& entry) { return number ? entry.uid == *number : entry.name == wanted; });
    if (line) {
        // the home is that of the first line of the id, as runc has it
        const auto first = find_passwd(files.passwd, [&](const PasswdLine& entry) { return entry.uid == line->uid; });
        return User{line->uid, line->gid, memberships(line->name, files), std::string(first->home)};
    }
    if (const auto id = fixed_id(wanted)) return User{*id, 0, {}, "/"};
    if (is_account_number(wanted)) return account_id_out_of_range(wanted);
    return fail(ErrorKind::Step, format("the user {} is not in /etc/passwd of the image", quoted(wanted)));
}

}  // namespace

bool needs_user_files(std::string_view text) {
    const Parts parts = cut(text);
    return !(parts.user.empty() || parts.user == "root" || parse_id(parts.user)) || !(parts.group.empty() || parse_id(parts.group));
}

Result<User> find_user(std::string_view text, const UserFiles& files) {
    const Parts parts = cut(text);
    MABPLAN_TRY(user, find_account(parts.user, files));
    if (parts.has_group && !parts.group.empty()) {
        MABPLAN_TRY(gid, find_group(parts.group, files));
        user.gid = gid;
        user.groups.clear();
    }
    // containerd's habit: what asks for the supplementary groups alone finds the primary one, too
    if (std::find(user.groups.begin(), user.groups.end(), user.gid) == user.groups.end()) user.groups.insert(user.groups.begin(), user.gid);
    return user;
}

void fill_home(std::vector<std::string>& env, const User& user) {
    constexpr std::string_view kEmpty = "HOME=";
    if (std::any_of(env.begin(), env.end(), [&](const std::string& entry) { return entry.starts_with(kEmpty) && entry != kEmpty; })) return;
    std::erase(env, kEmpty);
    env.push_back(std::string(kEmpty) + user.home);
}

Result<Owner> find_owner(std::string_view text, const UserFiles& files, UnknownNames unknown) {
    const Parts parts = cut(text);
    const auto number = fixed_id(parts.user);
    Owner owner{number.value_or(0), number.value_or(0)};
    if (!number) {
        auto user = find_account(parts.user, files);
        if (!user && unknown == UnknownNames::Refuse) return pass(std::move(user).error());
        if (user) owner = {user->uid, user->gid};
    }
    if (!parts.has_group || parts.group.empty()) return owner;
    auto gid = find_group(parts.group, files);
    if (!gid && unknown == UnknownNames::Refuse) return pass(std::move(gid).error());
    owner.gid = gid.value_or(owner.gid);
    return owner;
}

}  // namespace mabplan::runtime
