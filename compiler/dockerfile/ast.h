// A Dockerfile as typed instructions, in the order of the text. Nothing is expanded: variables stand in the strings as written.
// Does not know stages, platforms or values.
#pragma once

#include "compiler/dockerfile/command_line.h"
#include "compiler/dockerfile/line_reader.h"
#include "compiler/dockerfile/mount.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mabplan::compiler {

struct From {
    std::string image;
    std::string platform;     // --platform, empty if not given
    std::string stage;        // lower case, empty if it has no name
    std::string stage_text;   // the name as written
    std::string as_text;      // "AS" as written
    std::string description;  // of the comment "# <stage> …" above
};

struct ArgDefinition {
    std::string name;
    std::optional<std::string> value;
    std::string description;  // of the comment "# <name> …" above
};

struct Arg {
    std::vector<ArgDefinition> definitions;
};

struct NameValue {
    std::string name;  // may hold quotes and variables, as the value may
    std::string value;
};

enum class PairForm { Equals, Legacy };  // "ENV a=b c=d", "ENV a b"

struct Env {
    std::vector<NameValue> pairs;
    PairForm form = PairForm::Equals;
};

struct Label {
    std::vector<NameValue> pairs;
    PairForm form = PairForm::Equals;
};

struct Workdir {
    std::string path;
};

enum class RunNetwork { Default, None, Host };
enum class RunSecurity { Sandbox, Insecure };

struct Run {
    CommandLine command;
    std::vector<MountText> mounts;
    std::vector<Device> devices;
    RunNetwork network = RunNetwork::Default;
    RunSecurity security = RunSecurity::Sandbox;
    std::vector<std::string> flags_given;  // names, sorted
};

// What COPY and ADD have in common. Sources are paths (or URLs) in the order written; inline files are heredocs, their file name is the
// delimiter.
struct Transfer {
    std::vector<std::string> sources;
    std::vector<Heredoc> files;
    std::string destination;
    std::string chown;  // empty if not given, as the rest
    std::string chmod;
    std::vector<std::string> excludes;
    bool link = false;
};

struct Copy : Transfer {
    std::string from;
    bool parents = false;
};

struct Add : Transfer {
    std::string checksum;
    std::optional<bool> keep_git_dir;
    std::optional<bool> unpack;
};

struct User {
    std::string user;
};

struct Expose {
    std::vector<std::string> ports;  // sorted, as BuildKit does before it uses them
};

struct Volume {
    std::vector<std::string> paths;
};

struct Shell {
    std::vector<std::string> words;
};

struct StopSignal {
    std::string signal;
};

struct Entrypoint {
    CommandLine command;
};

struct Cmd {
    CommandLine command;
};

struct Healthcheck {
    bool disabled = false;  // HEALTHCHECK NONE
    CommandLine command;
    std::chrono::nanoseconds interval{0};  // 0: not given, as the rest
    std::chrono::nanoseconds timeout{0};
    std::chrono::nanoseconds start_period{0};
    std::chrono::nanoseconds start_interval{0};
    int retries = 0;
};

// ["NONE"], ["CMD", word…] or ["CMD-SHELL", text]: the Test of the image configuration.
std::vector<std::string> healthcheck_test(const Healthcheck& healthcheck);

struct Onbuild {
    std::string trigger;  // the instruction as text, with its heredocs: what the image configuration keeps
};

struct Maintainer {
    std::string name;
};

using InstructionBody = std::variant<From, Arg, Env, Label, Workdir, Run, Copy, Add, User, Expose, Volume, Shell, StopSignal, Entrypoint,
                                     Cmd, Healthcheck, Onbuild, Maintainer>;

struct Instruction {
    InstructionBody body;
    std::string keyword;             // as written: "from", "FROM"
    SourcePlace place;               // its lines, with those of its heredocs; the caret is on the keyword
    LogicalLine line;                // the text as written and joined (`line.text`), and the comments above it
    std::vector<std::string> flags;  // as written, unquoted: "--from=build"
};

// The keyword in upper case.
std::string instruction_name(const Instruction& instruction);
// The place of a piece of the instruction's text (an argument, a flag); the whole instruction if it does not stand in it.
SourcePlace place_of(const Instruction& instruction, std::string_view piece);

enum class ParseWarningKind {
    EmptyContinuation,
    BrokenArray,      // meant as JSON, and none
    CarriageReturns,  // lines of a here-document end with CR LF
};

struct ParseWarning {
    ParseWarningKind kind;
    SourcePlace place;  // of an empty continuation: the last line of the instruction
    std::string message;
    std::string detail;
};

struct Dockerfile {
    SourceTextPtr source;
    std::vector<Directive> directives;
    char escape = '\\';
    std::vector<Instruction> instructions;  // ARG lines before the first FROM included; at least one FROM
    std::vector<ParseWarning> warnings;
};

}  // namespace mabplan::compiler
