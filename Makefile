# The scripts do the work; this file is for those who type `make`.
.PHONY: all test lint format bench server clean
all:
	script/build
test lint format bench server:
	script/$@
clean:
	rm -rf build
