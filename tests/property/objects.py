"""What a cache must hold after the builds so far, by source: so which sources the next command has to compile, and which ones it may."""


class Objects:
    def __init__(self):
        self.signatures = {}  # source -> what its object was made of
        self.suspects = set()  # a command saw them otherwise than their objects were made: they may be newer by now
        self.unknown = False  # a command was killed
        self.variant = None  # of the last command

    def clear(self):
        self.__init__()

    def must(self, signatures):
        return set() if self.unknown else {source for source, now in signatures.items() if self.signatures.get(source) != now}

    def may(self, signatures):
        return set(signatures) if self.unknown else self.must(signatures) | self.suspects

    def command_ended(self, signatures, compiled, all_are_made):
        for source in set(self.signatures) | set(signatures):
            if source in signatures and (all_are_made or source in compiled):
                self.signatures[source] = signatures[source]
                self.suspects.discard(source)
            elif self.signatures.get(source) != signatures.get(source):
                self.suspects.add(source)
        self.unknown = self.unknown and not all_are_made

    def stood_in(self, stand_ins):
        """A command has seen, and compiled, others in the place of these; the rest is new for the cache when it comes back."""
        self.suspects |= set(self.signatures)
        for source in stand_ins:
            self.signatures.pop(source, None)

    def killed(self):
        self.unknown = True
