int down;
