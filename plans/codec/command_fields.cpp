#include "plans/codec/command_fields.h"

namespace mabplan::codec {

namespace {

template <class Owned>
void read_owner(Members& members, Owned& owned) {
    owned.mode = static_cast<std::uint32_t>(members.number("mode", kMostMode));
    owned.uid = static_cast<std::uint32_t>(members.number("uid", kMostIndex));
    owned.gid = static_cast<std::uint32_t>(members.number("gid", kMostIndex));
}

Json write_limit(std::int64_t limit) { return limit < 0 ? Json(nullptr) : Json(limit); }

}  // namespace

Json write_bytes(const std::vector<std::string>& list) {
    Json out = Json::array();
    for (const std::string& bytes : list) out.push_back(write_bytes(bytes));
    return out;
}

Json write_mount(const TmpfsMount& tmpfs) { return {{"type", "tmpfs"}, {"size", write_optional(tmpfs.size)}}; }

Json write_mount(const SecretMount& secret) {
    return {{"type", "secret"},
            {"id", write_bytes(secret.id)},
            {"variable", secret.variable ? write_bytes(*secret.variable) : Json(nullptr)},
            {"required", secret.required},
            {"mode", secret.mode},
            {"uid", secret.uid},
            {"gid", secret.gid}};
}

Json write_mount(const SshMount& ssh) {
    return {{"type", "ssh"}, {"id", write_bytes(ssh.id)}, {"required", ssh.required}, {"mode", ssh.mode}, {"uid", ssh.uid},
            {"gid", ssh.gid}};
}

Json write_inline_files(const std::vector<InlineFile>& files) {
    Json out = Json::array();
    for (const InlineFile& file : files)
        out.push_back({{"name", write_bytes(file.name)}, {"content", write_bytes(file.content)}, {"mode", file.mode}});
    return out;
}

Json write_hosts(const std::vector<ExtraHost>& hosts) {
    Json out = Json::array();
    for (const ExtraHost& host : hosts) out.push_back({{"name", host.name}, {"address", host.address}});
    return out;
}

Json write_limits(const std::vector<Ulimit>& limits) {
    Json out = Json::array();
    for (const Ulimit& limit : limits)
        out.push_back({{"name", limit.name}, {"soft", write_limit(limit.soft)}, {"hard", write_limit(limit.hard)}});
    return out;
}

Json write_devices(const std::vector<DeviceRequest>& devices) {
    Json out = Json::array();
    for (const DeviceRequest& device : devices) out.push_back({{"name", write_bytes(device.name)}, {"optional", device.optional}});
    return out;
}

Platform read_platform(Members& members, const char* key) {
    const auto parsed = parse_platform(members.text(key), Platform{"linux", "amd64", {}, {}, {}});
    if (parsed) return *parsed;
    members.fail(key, "is not a platform");
    return {};
}

TmpfsMount read_tmpfs(Members& members) {
    if (members.is_null("size")) return {};
    return {members.number("size", kMostBytes)};
}

SecretMount read_secret(Members& members) {
    SecretMount secret;
    secret.id = members.text("id");
    if (!members.is_null("variable")) secret.variable = members.text("variable");
    secret.required = members.flag("required");
    read_owner(members, secret);
    return secret;
}

SshMount read_ssh(Members& members) {
    SshMount ssh;
    ssh.id = members.text("id");
    ssh.required = members.flag("required");
    read_owner(members, ssh);
    return ssh;
}

std::vector<InlineFile> read_inline_files(Members& members, const char* key) {
    std::vector<InlineFile> files;
    members.each_object(key, [&](Members& file) {
        files.push_back({file.text("name"), file.text("content"), static_cast<std::uint32_t>(file.number("mode", kMostMode))});
        const std::string& name = files.back().name;
        if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
            file.fail("name", "is not the name of a file");
    });
    return files;
}

std::vector<ExtraHost> read_hosts(Members& members, const char* key) {
    std::vector<ExtraHost> hosts;
    members.each_object(key, [&](Members& host) { hosts.push_back({host.text("name"), host.text("address")}); });
    return hosts;
}

std::vector<Ulimit> read_limits(Members& members, const char* key) {
    std::vector<Ulimit> limits;
    members.each_object(key, [&](Members& limit) {
        limits.push_back({limit.text("name"), limit.signed_or_null("soft").value_or(-1), limit.signed_or_null("hard").value_or(-1)});
    });
    return limits;
}

std::vector<DeviceRequest> read_devices(Members& members, const char* key) {
    std::vector<DeviceRequest> devices;
    members.each_object(key, [&](Members& device) { devices.push_back({device.text("name"), device.flag("optional")}); });
    return devices;
}

}  // namespace mabplan::codec
