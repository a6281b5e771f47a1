/** A display driver with planted faults. */
package org.dmabuf.planted.display;
