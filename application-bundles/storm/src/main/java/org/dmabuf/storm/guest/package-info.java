/** A client that comes and goes in a storm: packed as a bundle of its own, each time anew. */
package org.dmabuf.storm.guest;
