// doctor: what this host can do, tried out.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sandbox/probe.h"
#include "runtime/sys/program.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace mabplan::tools {

namespace {

runtime::Check check_git() {
    const std::string path = runtime::find_program("git", program_folders());
    if (!path.empty()) return {"git", true, path, {}};
    return {"git", false, "not found: what is fetched from repositories needs it", "sudo apt-get install git"};
}

// What several checks lack for one cause is told at the first of them.
class DoctorText {
public:
    void add(const runtime::Check& check) {
        if (check.ok) {
            text_ += format("ok   {}: {}\n", check.name, check.detail);
            return;
        }
        const auto [cause, is_new] = causes_.emplace(check.detail, check.name);
        text_ += format("no   {}: {}\n", check.name, is_new ? check.detail : format("as for {}", cause->second));
        if (!check.remedy.empty() && mended_.insert(check.remedy).second) text_ += format("     mend it: {}\n", check.remedy);
    }
    std::string text() && { return std::move(text_); }

private:
    std::string text_;
    std::map<std::string, std::string> causes_;  // the first check that told it
    std::set<std::string> mended_;
};

}  // namespace

int doctor_verb(const DoctorOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    auto checks = runtime::probe_host({(*store)->scratch(), program_folders()});
    checks.push_back(check_git());
    const bool able = std::none_of(checks.begin(), checks.end(),
                                   [](const runtime::Check& check) { return !check.ok && check.name == "user namespaces"; });
    OrderedJson out = OrderedJson::array();
    DoctorText lines;
    for (const runtime::Check& check : checks) {
        out.push_back({{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}, {"remedy", check.remedy}});
        lines.add(check);
    }
    std::string text =
        format("host       {}\nstore      {}\n", format_platform(runtime::host_platform()), (*store)->root()) + std::move(lines).text();
    if (!able) text += "plans without RUN are executed here nevertheless\n";
    if (options.common.json)
        text = dump_json_pretty(OrderedJson{{"schema", "mabplan-doctor-1"},
                                            {"host", format_platform(runtime::host_platform())},
                                            {"store", (*store)->root()},
                                            {"checks", std::move(out)}});
    std::fputs(text.c_str(), stdout);
    // without namespaces no command can be executed here; a missing emulator only bounds the platforms
    return able ? 0 : exit_code(ErrorKind::Environment);
}

}  // namespace mabplan::tools
