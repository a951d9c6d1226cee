"""Wrong gradients: what people write, and what shipped. Each must fail.

The letter and number in a name are those of the mistake's description beside it: T for
typical first mistakes, R for mistakes that were released. `twins.py` has them right.
"""

import numpy as np
import subjects
from subjects import conv1d_of, dropout_mask, sigmoid_of, softmax_of, windows

import gradcheck as gc

affine = subjects.affine()
relu = subjects.relu()
softmax_loss = subjects.softmax_loss()
batch_norm = subjects.batch_norm()
dropout = subjects.dropout()
centre_rows = subjects.centre_rows()
rnn = subjects.rnn()
conv1d_padded = subjects.conv1d_padded()
add_same = subjects.add_same()
l1 = subjects.l1()
prod = subjects.prod()
