/**
 * Recorded traces of a real kernel, called again on this product's devices and compared, behind
 * {@code ./dmabuf replay}.
 */
package org.dmabuf.replay;
