# Tensors of TensorFlow and Keras: eager, symbolic, ragged, sparse, variables. Each word fails in another place.
import sys

import keras
import tensorflow as tf


def eager():
    a, b = tf.ones((2, 3)), tf.Variable(tf.ones((2, 3), tf.float64), trainable=False)
    ragged, sparse = tf.ragged.constant([[1], [2, 3]]), tf.sparse.from_dense([[1, 0]])
    held = [a, a]
    asked = keras.Input((None, 3))
    return tf.matmul(a, tf.ones((2, 3)))


@tf.function
def traced(x, w):
    y = x + 1.0
    return tf.matmul(y, w)


def model():
    net = keras.Sequential([keras.layers.Dense(4, name="first"), keras.layers.Dense(2, name="second")])
    net.build((None, 784))
    x = tf.ones((2, 512))
    return net(x)


for work in (eager, lambda: traced.get_concrete_function(tf.TensorSpec([None, 3]), tf.TensorSpec([4, 5])), model):
    try:
        work()
    except Exception:
        print(sys.exc_info()[0].__name__)
        from _tensorline import watch

        watch.notice(sys.exc_info()[1])
