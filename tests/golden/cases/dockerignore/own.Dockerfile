FROM base
COPY . /all
