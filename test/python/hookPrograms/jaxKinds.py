# Arrays of JAX as they are, and as each of its transformations sees them; fails in a function that is compiled.
import jax
import jax.numpy as jnp
import numpy as np


def layer(x, w, cast):
    return x @ w + cast


def main():
    x, w = jnp.ones((2, 3)), jnp.ones((4, 5), dtype=jnp.bfloat16)
    host = np.ones((3, 2), np.float16)
    gone = jnp.ones((3,))
    gone.delete()
    held = {"w": w}
    jax.jit(jax.vmap(layer, (0, None, 0)))(x, held["w"], x)


main()
