#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What the brace counter of functions.py understands."""
import unittest

import functions


def found(text):
    """name: number of lines, for each function."""
    return {functions.name_of(head): last - first + 1 for first, last, head, _ in functions.functions(text)}


class Functions(unittest.TestCase):
    def test_a_free_function(self):
        self.assertEqual({"f": 3}, found("int f(int i) {\n    return i;\n}\n"))

    def test_its_head_counts(self):
        self.assertEqual({"f": 4}, found("template <class T>\nint f(T i)\n{\n}\n"))

    def test_members_and_not_their_class(self):
        text = """
        namespace a::inline v0 {
        class c : public b<int> {
        public:
            int m() const noexcept { return 1; }
            auto n() -> int {
            }
        };
        }
        """
        self.assertEqual({"m": 1, "n": 2}, found(text))

    def test_constructors_with_brace_initialisers(self):
        text = """
        struct s {
            s(int i) noexcept : i_{i}, p_{nullptr}, v_{[] { return 1; }()} {
                go();
            }
        };
        """
        self.assertEqual({"s": 3}, found(text))

    def test_what_comes_after_a_constructor(self):
        text = """
        struct s {
            s() : i{1} {}
            void f() {
            }
            int i;
        };
        """
        self.assertEqual({"s": 1, "f": 2}, found(text))

    def test_lambdas_and_blocks_belong_to_their_function(self):
        text = """
        void f() {
            auto g = [](int i) { return i; };
            if (g(1)) {
            }
        }
        """
        self.assertEqual({"f": 5}, found(text))

    def test_braces_in_text_do_not_count(self):
        text = """
        void f() {
            g('{', "}}}", R"x(}")x", 1'000);  // }
            /* }
            } */
        }
        void h() {}
        """
        self.assertEqual({"f": 5, "h": 1}, found(text))

    def test_directives_do_not_count(self):
        self.assertEqual({"f": 3}, found("#define OPEN {\nint f() {\n    return 1;\n}\n"))

    def test_values_are_no_functions(self):
        text = """
        inline constexpr int a[]{1, 2};
        auto b = s{f(1)};
        enum class [[nodiscard]] e : char {
            x,
        };
        """
        self.assertEqual({}, found(text))

    def test_a_function_that_returns_a_struct(self):
        self.assertEqual({"f": 2}, found("struct s f() {\n}\n"))

    def test_operators(self):
        text = """
        struct s {
            explicit operator bool() const { return true; }
            bool operator==(s) const { return true; }
        };
        """
        self.assertEqual({"operator bool": 1, "operator==": 1}, found(text))

    def test_a_template_with_a_class_and_a_constraint(self):
        text = """
        template <class T, std::size_t N = (3 > 2)>
            requires big<T>
        constexpr T f(T t) noexcept {
            return t;
        }
        """
        self.assertEqual({"f": 5}, found(text))


if __name__ == "__main__":
    unittest.main()
