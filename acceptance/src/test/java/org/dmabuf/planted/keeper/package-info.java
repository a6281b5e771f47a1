/** A bundle that keeps what it took. */
package org.dmabuf.planted.keeper;
