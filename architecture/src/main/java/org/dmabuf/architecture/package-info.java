/**
 * The rules of the house as tests: who may name whom, where frame bytes may move, what a class must
 * not keep. Each rule comes with a class that breaks it.
 */
package org.dmabuf.architecture;
