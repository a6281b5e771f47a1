/** A live source that drops a frame. */
package org.dmabuf.planted.media;
