// What a plan's command and a step have in common, in JSON: mounts that no action makes, names of hosts, limits, devices. One table for
// both forms; knows neither whole.
#pragma once

#include "plans/base/json.h"
#include "plans/codec/members.h"
#include "plans/model/action.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::codec {

inline constexpr std::uint64_t kMostIndex = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t kMostBytes = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t kMostMode = 07777;
inline constexpr std::int64_t kLatestTime = std::int64_t{1} << 40;  // seconds since 1970: more than any file system holds

using mabplan::write_bytes;
Json write_bytes(const std::vector<std::string>& list);
template <class Number>
Json write_optional(const std::optional<Number>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json write_mount(const TmpfsMount& tmpfs);
Json write_mount(const SecretMount& secret);
Json write_mount(const SshMount& ssh);
Json write_inline_files(const std::vector<InlineFile>& files);
Json write_hosts(const std::vector<ExtraHost>& hosts);
Json write_limits(const std::vector<Ulimit>& limits);
Json write_devices(const std::vector<DeviceRequest>& devices);

// In its normal form or any other; what is no platform is a fault.
Platform read_platform(Members& members, const char* key);
TmpfsMount read_tmpfs(Members& members);
SecretMount read_secret(Members& members);
SshMount read_ssh(Members& members);
std::vector<InlineFile> read_inline_files(Members& members, const char* key);
std::vector<ExtraHost> read_hosts(Members& members, const char* key);
std::vector<Ulimit> read_limits(Members& members, const char* key);
std::vector<DeviceRequest> read_devices(Members& members, const char* key);

}  // namespace mabplan::codec
