#include "bot/command_line.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    try {
        return countersign::bot::run_command_line(argc, argv, std::cout, std::cerr);
    } catch (const std::exception& exception) {
        std::cerr << "countersign: " << exception.what() << '\n';
        return 75;  // broken infrastructure: worth another try
    }
}
