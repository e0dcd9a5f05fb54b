// `mabplan dump`: what the compiler reads in a file, before anything is resolved.
#include "compiler/dump/dump.h"

#include "compiler/dockerfile/parser.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/verbs.h"

#include <cstdio>
#include <memory>

namespace mabplan::tools {

namespace {

using compiler::DumpForm;

Checked<std::string> dump_dockerfile(const DumpOptions& options, DumpForm form) {
    auto text = runtime::read_file(options.file);
    if (!text) return tl::unexpected(Errors{std::move(text).error()});
    const auto dockerfile = compiler::parse_dockerfile(std::make_shared<SourceText>(options.file, *std::move(text)));
    if (!dockerfile) return tl::unexpected(dockerfile.error());
    if (options.what == DumpWhat::Ast) return compiler::dump_ast(*dockerfile, form);
    const auto graph = compiler::cut_stages(*dockerfile);
    if (!graph) return tl::unexpected(Errors{graph.error()});
    const Platform host = runtime::host_platform();
    compiler::WordRules rules;
    rules.escape = dockerfile->escape;
    const auto global = compiler::GlobalArguments::evaluate(graph->global_arguments, {}, {host, host, "default"}, rules);
    if (!global) return tl::unexpected(Errors{global.error()});
    return compiler::dump_stages(*graph, *global, dockerfile->escape, form);
}

Checked<std::string> dump_ignore_file(const DumpOptions& options, DumpForm form) {
    auto text = runtime::read_file(options.file);
    if (!text) return tl::unexpected(Errors{std::move(text).error()});
    auto dumped = compiler::dump_ignore(std::make_shared<SourceText>(options.file, *std::move(text)), options.paths, form);
    if (!dumped) return tl::unexpected(Errors{std::move(dumped).error()});
    return *std::move(dumped);
}

}  // namespace

int dump_verb(const DumpOptions& options) {
    const DumpForm form = options.common.json ? DumpForm::Json : DumpForm::Text;
    const auto dumped = options.what == DumpWhat::Ignore ? dump_ignore_file(options, form) : dump_dockerfile(options, form);
    if (!dumped) return report(dumped.error());
    std::fputs(dumped->c_str(), stdout);
    return 0;
}

}  // namespace mabplan::tools
