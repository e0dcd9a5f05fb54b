// The bytes that a program prints, taken apart as a terminal would: characters, the few controls that shape a line, and everything else,
// which nobody gets to see. Knows no lines and no screen. Streaming: bytes may be cut anywhere, and what is kept of them is bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// Who is told what was read.
class CodeReceiver {
public:
    virtual ~CodeReceiver() = default;
    virtual void character(char32_t character) = 0;  // U+FFFD for what is no UTF-8 (as much at a time as WHATWG's decoder takes)
    virtual void control(char control) = 0;          // \n (also for \v and \f), \r, \b, \t
    virtual void sequence(char final, std::string_view parameters) = 0;  // ESC [ parameters final, of the standard's, not of a maker's
};

class ControlCodes {
public:
    explicit ControlCodes(CodeReceiver& receiver) : receiver_(receiver) {}
    void add(std::string_view bytes);
    // No more bytes come: a character that is not whole is no character.
    void end();

private:
    // Where in the grammar of ECMA-48 we are. Strings are titles (OSC), DCS, SOS, PM and APC: up to their terminator, or the line's end.
    enum class State { Text, Escape, EscapeIntermediate, Sequence, String };

    void add(unsigned char byte);
    void take(char32_t code);
    bool take_control(char32_t code);
    void take_text(char32_t code);
    void take_escape(char32_t code);
    void take_sequence(char32_t code);
    void take_string(char32_t code);

    CodeReceiver& receiver_;
    State state_ = State::Text;
    std::string parameters_;
    bool is_foreign_ = false;  // the sequence is a maker's own, or too long
    char32_t code_ = 0;        // of a character that is not whole
    int missing_ = 0;          // bytes of it
    unsigned char least_ = 0x80;
    unsigned char most_ = 0xBF;
};

}  // namespace mabplan::runtime
