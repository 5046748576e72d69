# Several operations of one kind in a line; only one of them fails. The chain has one exception for each.


class Left:
    def __matmul__(self, other):
        if other == 2:
            raise ValueError("matmul")
        return self


def third(number):
    raise ValueError("third")


def chain():
    é, ü, x = Left(), [2], [3]
    try:
        a = é @ 1 @ 3; b = (é @ ü[0]) @ 4
    except ValueError:
        try:
            return x[0] + x[1] + x[0]
        except IndexError:
            return len(
        [1]) + third(
            1,
        )


chain()
