"""What a step of the history says, whoever wrote it: builders, and their versions, write the same instruction in ways of their own."""
import re


def docker_step(step):
    """Of BuildKit and of mabplan, without blanks, the default shell, arguments, owners and orders that vary."""
    text = step.get("created_by", "").removesuffix(" # buildkit")
    text = re.sub(r"^RUN \|\d+ .*?/bin/sh -c ", "RUN ", text, flags=re.DOTALL)
    text = re.sub(r"^RUN /bin/sh -c ", "RUN ", text)
    text = re.sub(r"^(COPY|ADD)((?: --\S+)*?) --chown=\S+", r"\1\2", text)
    instruction = text.partition(" ")[0]
    if instruction == "HEALTHCHECK":
        text = instruction
    elif instruction == "EXPOSE":
        text = " ".join([instruction, *sorted(re.findall(r"\d+/\w+", text))])
    elif instruction == "ARG":
        text = text.partition("=")[0]
    return " ".join(text.split()), bool(step.get("empty_layer"))


def step_without_flags(step):
    """As docker_step, without the flags of COPY and ADD, which BuildKit did not write down at first."""
    text, is_empty = docker_step(step)
    return re.sub(r"^(COPY|ADD)( --\S+)+", r"\1", text), is_empty


def instruction(step):
    """The name of the instruction alone. buildah writes a digest of what it copies, and the command of a RUN without that word."""
    text = step.get("created_by", "").removeprefix("/bin/sh -c ")
    word = text.removeprefix("#(nop) ").split(" ")[0]
    return word if word.isupper() else "RUN"
