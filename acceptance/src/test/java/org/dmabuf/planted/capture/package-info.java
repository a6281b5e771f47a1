/** A capture driver with planted faults. */
package org.dmabuf.planted.capture;
