#include "compiler/dump/instruction_fields.h"

#include <chrono>
#include <string>
#include <vector>

namespace mabplan::compiler {

namespace {

using Fields = OrderedJson;

void put(Fields& out, const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
}
void put(Fields& out, const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) out[name] = values;
}
void put(Fields& out, const char* name, bool value) {
    if (value) out[name] = true;
}
void put(Fields& out, const char* name, const std::optional<bool>& value) {
    if (value) out[name] = *value;
}
void put(Fields& out, const char* name, std::chrono::nanoseconds value) {
    if (value.count() != 0) out[name] = value.count();
}

void put_heredocs(Fields& out, const std::vector<Heredoc>& heredocs) {
    for (const Heredoc& heredoc : heredocs) {
        Fields one{{"name", heredoc.name}, {"content", heredoc.text()}, {"expand", heredoc.expand}};
        if (heredoc.fd != 0) one["fd"] = heredoc.fd;
        out["heredocs"].push_back(std::move(one));
    }
}

void put_command(Fields& out, const CommandLine& command) {
    out["form"] = command.form == CommandForm::Exec ? "exec" : "shell";
    if (command.form == CommandForm::Exec) out["words"] = command.words;
    else put(out, "command", command.shell_text);
    put_heredocs(out, command.heredocs);
}

void put_pairs(Fields& out, const std::vector<NameValue>& pairs, PairForm form) {
    for (const NameValue& pair : pairs) out["pairs"].push_back({pair.name, pair.value});
    if (form == PairForm::Legacy) out["form"] = "legacy";
}

void put_transfer(Fields& out, const Transfer& transfer) {
    put(out, "sources", transfer.sources);
    put_heredocs(out, transfer.files);
    out["destination"] = transfer.destination;
    put(out, "chown", transfer.chown);
    put(out, "chmod", transfer.chmod);
    put(out, "exclude", transfer.excludes);
    put(out, "link", transfer.link);
}

void show(Fields& out, const From& from) {
    out["image"] = from.image;
    put(out, "platform", from.platform);
    put(out, "stage", from.stage_text);
    put(out, "description", from.description);
}
void show(Fields& out, const Arg& arg) {
    for (const ArgDefinition& definition : arg.definitions) {
        Fields one{{"name", definition.name}};
        if (definition.value) one["value"] = *definition.value;
        put(one, "description", definition.description);
        out["arguments"].push_back(std::move(one));
    }
}
void show(Fields& out, const Env& env) { put_pairs(out, env.pairs, env.form); }
void show(Fields& out, const Label& label) { put_pairs(out, label.pairs, label.form); }
void show(Fields& out, const Workdir& workdir) { out["path"] = workdir.path; }
void show(Fields& out, const Run& run) {
    put_command(out, run.command);
    for (const MountText& mount : run.mounts) out["mounts"].push_back(mount.text);
    for (const Device& device : run.devices) out["devices"].push_back(device.name);
    if (run.network != RunNetwork::Default) out["network"] = run.network == RunNetwork::None ? "none" : "host";
    if (run.security == RunSecurity::Insecure) out["security"] = "insecure";
}
void show(Fields& out, const Copy& copy) {
    put(out, "from", copy.from);
    put_transfer(out, copy);
    put(out, "parents", copy.parents);
}
void show(Fields& out, const Add& add) {
    put_transfer(out, add);
    put(out, "checksum", add.checksum);
    put(out, "keep_git_dir", add.keep_git_dir);
    put(out, "unpack", add.unpack);
}
void show(Fields& out, const User& user) { out["user"] = user.user; }
void show(Fields& out, const Expose& expose) { out["ports"] = expose.ports; }
void show(Fields& out, const Volume& volume) { out["paths"] = volume.paths; }
void show(Fields& out, const Shell& shell) { out["words"] = shell.words; }
void show(Fields& out, const StopSignal& signal) { out["signal"] = signal.signal; }
void show(Fields& out, const Entrypoint& entrypoint) { put_command(out, entrypoint.command); }
void show(Fields& out, const Cmd& cmd) { put_command(out, cmd.command); }
void show(Fields& out, const Healthcheck& check) {
    out["test"] = healthcheck_test(check);
    put(out, "interval_ns", check.interval);
    put(out, "timeout_ns", check.timeout);
    put(out, "start_period_ns", check.start_period);
    put(out, "start_interval_ns", check.start_interval);
    if (check.retries != 0) out["retries"] = check.retries;
}
void show(Fields& out, const Onbuild& onbuild) { out["trigger"] = onbuild.trigger; }
void show(Fields& out, const Maintainer& maintainer) { out["name"] = maintainer.name; }

}  // namespace

OrderedJson instruction_fields(const InstructionBody& body) {
    Fields out = Fields::object();
    std::visit([&](const auto& instruction) { show(out, instruction); }, body);
    return out;
}

}  // namespace mabplan::compiler
