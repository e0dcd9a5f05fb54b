// The options of one output as its type asks for them. Knows how each is spelled and refused; does not know which type has which.
#pragma once

#include "compiler/matrix/output_spec.h"
#include "plans/model/output.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

// An Input error at the place of the output.
Failure refuse_output(const OutputSpec& spec, std::string message, std::string hint);

class OutputOptions {
public:
    // The spec must outlive this.
    explicit OutputOptions(const OutputSpec& spec) : spec_(spec) {}

    // What is not said is `otherwise`.
    Result<bool> flag(const char* key, bool otherwise) const;
    Result<Compression> compression(Compression otherwise) const;
    // Where it is to go: a file, where nothing is said, to standard output, as docker has it. An error if a folder is to be standard
    // output, or nothing is said of it.
    Result<std::string> destination(OutputForm form) const;
    // Full references, separated by commas. None if nothing is said.
    Result<std::vector<std::string>> names() const;
    bool has(const char* key) const { return find(key) != nullptr; }
    // An error unless nothing is said, or what is done anyway: `why` says that.
    Status only(const char* key, bool value, const char* why) const;

private:
    const std::string* find(const char* key) const;
    const OutputSpec& spec_;
};

}  // namespace mabplan::compiler
