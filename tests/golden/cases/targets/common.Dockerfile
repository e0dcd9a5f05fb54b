FROM base
ENV COMMON=1
RUN install-common
ENTRYPOINT ["/bin/common"]
