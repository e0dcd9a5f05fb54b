// Any text as a Dockerfile: parsed, cut into stages and lowered with ports that answer everything. Nothing may crash, hang or be
// undefined; what the text means does not matter.
#include "compiler/dockerfile/parser.h"
#include "compiler/dump/dump.h"
#include "tests/support/fake_ports.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace mabplan;
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (const auto dockerfile = compiler::parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text)))
        static_cast<void>(compiler::dump_ast(*dockerfile, compiler::DumpForm::Text));
    tests::Project project(text, {"linux/amd64", "linux/arm/v7"});
    project.mode = compiler::CompileMode::Check;
    const auto compiled = project.compile();
    if (!compiled)
        for (const Error& error : compiled.error()) static_cast<void>(format_error(error));
    return 0;
}
