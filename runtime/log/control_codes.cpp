#include "runtime/log/control_codes.h"

namespace mabplan::runtime {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kMostParameters = 128;  // bytes of a sequence

constexpr bool is_between(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

}  // namespace

void ControlCodes::add(std::string_view bytes) {
    for (const char byte : bytes) add(static_cast<unsigned char>(byte));
}

void ControlCodes::end() {
    if (missing_ > 0) take(kReplacement);
    missing_ = 0;
}

// UTF-8 as in Unicode, table 3-7.
void ControlCodes::add(unsigned char byte) {
    if (missing_ > 0 && (byte < least_ || byte > most_)) {
        missing_ = 0;
        take(kReplacement);
    }
    if (missing_ > 0) {
        code_ = code_ << 6U | (byte & 0x3FU);
        if (--missing_ == 0) take(code_);
        least_ = 0x80;
        most_ = 0xBF;
        return;
    }
    least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    if (byte < 0x80) return take(byte);
    if (is_between(byte, 0xC2, 0xDF)) missing_ = 1, code_ = byte & 0x1FU;
    else if (is_between(byte, 0xE0, 0xEF)) missing_ = 2, code_ = byte & 0x0FU;
    else if (is_between(byte, 0xF0, 0xF4)) missing_ = 3, code_ = byte & 0x07U;
    else take(kReplacement);
}

void ControlCodes::take(char32_t code) {
    if (take_control(code)) return;
    switch (state_) {
        case State::Text: return take_text(code);
        case State::Escape:
        case State::EscapeIntermediate: return take_escape(code);
        case State::Sequence: return take_sequence(code);
        case State::String: return take_string(code);
    }
}

// Controls work in the middle of a sequence, too, as they do in terminals. A string ends where its line ends: a lost terminator must not
// take the rest of the output with it.
bool ControlCodes::take_control(char32_t code) {
    const bool is_line_end = is_between(code, 0x0A, 0x0C);
    if (code == 0x18 || code == 0x1A || (is_line_end && state_ != State::Text)) state_ = State::Text;
    if (code == 0x1B) {
        state_ = State::Escape;  // also out of a string: its terminator is ESC and a backslash
        return true;
    }
    if (state_ == State::String) return false;
    if (is_line_end) receiver_.control('\n');
    else if (code == '\r' || code == '\b' || code == '\t') receiver_.control(static_cast<char>(code));
    return code < 0x20 || code == 0x7F;
}

void ControlCodes::take_text(char32_t code) {
    if (!is_between(code, 0x80, 0x9F)) return receiver_.character(code);
    // the 8-bit forms of ESC [, and of what begins a string
    parameters_.clear();
    is_foreign_ = false;
    if (code == 0x9B) state_ = State::Sequence;
    if (code == 0x90 || code == 0x98 || is_between(code, 0x9D, 0x9F)) state_ = State::String;
}

void ControlCodes::take_escape(char32_t code) {
    const bool is_first = state_ == State::Escape;
    state_ = State::Text;
    if (code >= 0x80) return take_text(code);
    if (is_between(code, 0x20, 0x2F)) state_ = State::EscapeIntermediate;
    else if (is_first && code < 0x60) take_text(code == 'P' || code == 'X' || is_between(code, '[', '_') ? code + 0x40 : 0x80);
}

void ControlCodes::take_sequence(char32_t code) {
    if (code >= 0x80) {
        state_ = State::Text;
        return take_text(code);
    }
    if (is_between(code, 0x40, 0x7E)) {
        state_ = State::Text;
        if (!is_foreign_) receiver_.sequence(static_cast<char>(code), parameters_);
        return;
    }
    is_foreign_ = is_foreign_ || code < '0' || code > ';' || parameters_.size() == kMostParameters;
    if (!is_foreign_) parameters_ += static_cast<char>(code);
}

void ControlCodes::take_string(char32_t code) {
    if (code == 0x07 || code == 0x9C) state_ = State::Text;
}

}  // namespace mabplan::runtime
