/**
 * The one place through which fences, reservations, ww-mutexes and reference counts touch what
 * threads share, so that a test can say who runs next. Of no use to bundles, and not exported.
 */
package org.dmabuf.seam;
